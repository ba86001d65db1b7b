"""Passages that stand in several documents of a collection, word for word or nearly.

Two passages are one where their words agree, or nearly do (Jaccard of 5-word shingles at
least .9), and every word that carries a fact is the same in both, in the same order:
numbers, capitalised words, months, negations, words of quantity. A date or a name that
differs is another fact, however alike the rest. Years in the headings count too: the same
sentence under « Tarifs 2024 » and « Tarifs 2025 » says two things.

Candidates among passages of equal facts come from MinHash with bands (Broder 1997;
Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, chapter 3), and each is then
compared exactly.
"""

import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.documents import Entry
from rag.text.normalisation import fold
from rag.text.terms import words

SHINGLE_WORDS = 5
LEAST_JACCARD = 0.9
LEAST_WORDS = 8
"""Shorter passages are merged only where all their words agree."""
MOST_WORDS = 4096
"""Longer ones too: comparing them nearly is not worth the memory."""

_BANDS, _BAND_ROWS = 16, 4
_BUCKET_CANDIDATES = 16
_YEAR = re.compile(r"\b(?:1[89]|20|21)[0-9]{2}\b", re.ASCII)
_COUNTED = re.compile(r"[\d%‰€$£¥°]")
_EDGES = ".,;:!?…()[]{}«»\"'“”‘’"
_FACT_WORDS = frozenset(
    """
    ne n pas plus moins jamais aucun aucune rien ni non sans sauf excepte hormis
    not no never none without except nor
    avant apres depuis jusque before after until
    zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze
    quinze seize vingt trente quarante cinquante soixante cent cents mille million millions
    milliard milliards demi moitie tiers quart double triple premier premiere second seconde
    one two three four five seven eight nine ten hundred thousand billion half first
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche
    """.split()
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a passage to find its copies.

    ``document`` is any number that tells documents apart; ``exact`` a digest of all folded
    words; ``facts`` a digest of those that carry facts; ``words`` their number.
    """

    document: int
    exact: bytes
    facts: bytes
    words: int


def fingerprint(
    document: int, text: str, context: Sequence[str] = (), collection: str = ""
) -> Fingerprint:
    """The fingerprint of a passage's text; ``context`` holds its title and headings.

    Those of two collections always differ: a passage is found by the title above it, which
    whoever may see only the other collection must not be able to guess.
    """
    folded = _folded_words(text)
    years = sorted({year for part in context for year in _YEAR.findall(part)})
    return Fingerprint(
        document=document,
        exact=_digest([collection, *folded]),
        facts=_digest([collection, *_facts(text, folded), "|", *years]),
        words=len(folded),
    )


class PassageFingerprints:
    """The passages of all documents by their keys in the store, without their texts."""

    def __init__(self) -> None:
        self._fingerprints: list[Fingerprint] = []
        self._documents: list[tuple[str, str, range]] = []

    @property
    def documents(self) -> int:
        """Documents so far."""
        return len(self._documents)

    def add(self, entry: Entry, keys: range) -> None:
        """Note a document and the keys of its passages, which follow those before."""
        document = entry.document
        self._fingerprints.extend(
            fingerprint(
                self.documents,
                passage.text,
                (document.title, *passage.headings),
                document.collection,
            )
            for passage in entry.passages
        )
        self._documents.append((document.collection, document.path, keys))

    def choose_rows(self, text_of: Callable[[int], str]) -> tuple[list[int], dict[int, int]]:
        """Choose what is indexed, given a passage's text by its key.

        Returns:
            The keys of the passages indexed, by row: by collection, path and place in the
            document; and each copy's key with that of the passage indexed in its place.
        """
        ordered = sorted(self._documents, key=lambda document: document[:2])
        keys = [key for *_, of_document in ordered for key in of_document]
        copies = find_duplicates(
            [self._fingerprints[key] for key in keys],
            lambda position: text_of(keys[position]),
        )
        rows = [key for position, key in enumerate(keys) if position not in copies]
        return rows, {keys[copy]: keys[kept] for copy, kept in copies.items()}


def find_duplicates(
    passages: Sequence[Fingerprint], text_of: Callable[[int], str]
) -> dict[int, int]:
    """Which passages are copies, each with the one that is kept in its place.

    Passages are given in the order in which they are preferred: of several alike the first
    is kept. Two passages of one document are never merged. ``text_of`` gives the text of a
    passage by its position; it is called only for those that need comparing.

    Returns:
        Position of each copy to position of the passage kept, which is no copy itself.
    """
    copies = _exact_duplicates(passages)
    for positions in _comparable(passages, copies):
        copies.update(_near_duplicates(passages, positions, text_of))
    # A passage kept for its exact copies may turn out to be a near copy of another.
    final = {copy: copies.get(kept, kept) for copy, kept in copies.items()}
    return {
        copy: kept
        for copy, kept in final.items()
        if passages[copy].document != passages[kept].document
    }


def jaccard(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """Jaccard index of two sorted sets of shingles, 0 to 1; 0 where both are empty."""
    common = len(np.intersect1d(first, second, assume_unique=True))
    union = len(first) + len(second) - common
    return common / union if union else 0.0


def shingles(text: str) -> NDArray[np.uint64]:
    """Hashes of the runs of five folded words, sorted and distinct."""
    hashes = np.array(
        [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in _folded_words(text)],
        dtype=np.uint64,
    )
    count = len(hashes) - SHINGLE_WORDS + 1
    if count < 1:
        return np.empty(0, np.uint64)
    runs = np.zeros(count, np.uint64)
    for place in range(SHINGLE_WORDS):
        runs = _mixed(runs + hashes[place : place + count])
    return np.unique(runs)


def _exact_duplicates(passages: Sequence[Fingerprint]) -> dict[int, int]:
    copies: dict[int, int] = {}
    kept: dict[tuple[bytes, bytes], int] = {}
    for position, passage in enumerate(passages):
        if not passage.words:
            continue
        first = kept.setdefault((passage.exact, passage.facts), position)
        if passages[first].document != passage.document:
            copies[position] = first
    return copies


def _comparable(passages: Sequence[Fingerprint], copies: dict[int, int]) -> Iterator[list[int]]:
    blocks: dict[bytes, list[int]] = defaultdict(list)
    for position, passage in enumerate(passages):
        if position not in copies and LEAST_WORDS <= passage.words <= MOST_WORDS:
            blocks[passage.facts].append(position)
    return (block for block in blocks.values() if len(block) > 1)


def _near_duplicates(
    passages: Sequence[Fingerprint], positions: list[int], text_of: Callable[[int], str]
) -> dict[int, int]:
    copies: dict[int, int] = {}
    sets: dict[int, NDArray[np.uint64]] = {}
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for position in positions:
        own = shingles(text_of(position))
        bands = list(_bands(own))
        # Ordered and bounded: hostile texts may all fall into one bucket.
        near = sorted({one for band in bands for one in buckets[band][:_BUCKET_CANDIDATES]})
        for other in near:
            if passages[other].document == passages[position].document:
                continue
            if jaccard(own, sets[other]) >= LEAST_JACCARD:
                copies[position] = other
                break
        else:
            sets[position] = own
            for band in bands:
                buckets[band].append(position)
    return copies


def _bands(own: NDArray[np.uint64]) -> Iterator[tuple[int, bytes]]:
    if not len(own):
        return
    seeds = _mixed(np.arange(1, _BANDS * _BAND_ROWS + 1, dtype=np.uint64))
    least = np.array([_mixed(own ^ seed).min() for seed in seeds], np.uint64)
    for number, band in enumerate(least.reshape(_BANDS, _BAND_ROWS)):
        yield number, band.tobytes()


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    # splitmix64 (Steele, Lea and Flood, OOPSLA 2014); products wrap around on purpose.
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def _facts(text: str, folded: Sequence[str]) -> Iterator[str]:
    for token in text.split():
        if _COUNTED.search(token):
            yield fold(token.strip(_EDGES))
    yield "|"
    for word in words(text):
        if word != word.lower():
            yield word
    yield "|"
    for word in folded:
        if word in _FACT_WORDS:
            yield word


def _folded_words(text: str) -> list[str]:
    return words(fold(text))


def _digest(parts: Sequence[str]) -> bytes:
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).digest()[:16]
