"""The few things of a kind that were asked for last, kept in memory."""

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """At most ``most`` things by key; not safe among threads.

    Unlike `functools.lru_cache` it holds on to no function: in a cycle, a generation would
    outlive its last user.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Key, Made] = {}

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        """What is kept under a key, made first where there is nothing."""
        # Taken out and put back last: the first is the one not asked for the longest.
        made = self._kept.pop(key) if key in self._kept else make()
        self._kept[key] = made
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return made
