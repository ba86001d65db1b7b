"""Documents of words drawn at random, the same each time: many matches, few alike."""

import random
from collections.abc import Sequence
from typing import Final

from rag.index.documents import Entry
from tests.index.local.samples import entry

WORDS: Final = """
    archives service budget congé cantine direction réunion courrier agent dossier épée garde
    calendrier horaire bâtiment plan note circulaire décision commission séance vote rapport
""".split()


def documents(collection: str, number: int, seed: int, lengths: Sequence[int]) -> list[Entry]:
    """Documents of drawn words; each has two passages, one of them with a reference."""
    drawn = random.Random(seed)  # noqa: S311 – tests, not secrets

    def sentence() -> str:
        return " ".join(drawn.choices(WORDS, k=drawn.choice(lengths))).capitalize() + "."

    return [
        entry(
            f"{place:03}.md",
            f"{sentence()} {sentence()}",
            f"{sentence()} L'article L. {drawn.choice(('121-1', '9-2'))} du code s'applique.",
            title=f"Note {drawn.choice(WORDS)} {place}",
            headings=(drawn.choice(WORDS),) * (place % 2),
            collection=collection,
        )
        for place in range(number)
    ]
