"""Lexical terms: one analysis for what is indexed and for what is asked."""

import re
from functools import cache
from typing import Final

import tantivy

from rag.text.normalisation import normalise

_STOP_WORDS: Final = """
    jusqu lorsqu puisqu quoiqu quelqu presqu où quand combien quoi comment pourquoi lequel
    laquelle lesquels lesquelles a avait est fut étaient était cette elles y
""".split()
"""What tantivy's French list lacks: elided conjunctions, words that only ask, auxiliaries.

Without them PIAF's paragraphs are ranked better by BM25 (R@1 .706 against .701)."""

_LONGEST_TERM: Final = 120
"""Bytes; a longer run of letters is not a word."""

_TODAY: Final = re.compile(r"(?i)\baujourd['’ʼ]hui\b")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SURFACE_WORD: Final = re.compile(r"[^\W\d_]+")


def lexical_terms(text: str) -> list[str]:
    """The terms of a text, in order, repetitions kept.

    NFKC, elision split (l'impôt, qu’il; aujourd'hui stays whole), words of letters and
    digits, lower case, French stop words and question words out, Snowball's French stems
    (Porter, 2001), and accents folded last, since the stemmer reads them.
    """
    readable = _SURROGATE.sub(" ", normalise("NFKC", text))
    return _analyser().analyze(_TODAY.sub("aujourdhui", readable))


def words(text: str) -> list[str]:
    """The words of letters of a text as they are written, in NFC, in order."""
    return _SURFACE_WORD.findall(normalise("NFC", text))


@cache
def _analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[\p{L}\p{N}]+"))
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("french"))
        .filter(tantivy.Filter.custom_stopword(_STOP_WORDS))
        .filter(tantivy.Filter.stemmer("french"))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
