"""Which of the ranked sentences make the answer: the best, and those that add to it."""

import re
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Final

from rag.retrieval.results import FoundSentence, Results
from rag.text.normalisation import fold
from rag.text.terms import lexical_terms
from rag.types import Mention, Question

CLOSE: Final = 1.5
"""Log-odds under the best within which a sentence may as well be the one: a fifth as likely.

To be measured again whenever the scores change. On our ``dev`` questions .72 of the answers
are right with it, .69 with 1.0, .73 with 2.0 and with 3.0, and .49 of what is quoted is beside
what was expected, .48, .53 and .57."""

_WITHIN_REACH: Final = 6.0
"""The same for a sentence that brings what the better ones lack."""

_SAME: Final = 0.7
"""Share of common terms from which two sentences say the same."""

_PLURAL: Final = re.compile(
    r"\b(?:quels|quelles|lesquels|lesquelles|liste|listes|citez|enumerez"
    r"|which|list|what are)\b"
)


def select(
    question: Question, found: Sequence[FoundSentence], most: int
) -> tuple[FoundSentence, ...]:
    """The sentences to quote, best first, at most ``most`` and at least one.

    ``found`` is ranked, best first, and not empty.
    """
    chosen = [found[0]]
    for sentence in found[1:]:
        if len(chosen) == most:
            break
        useful = _is_close(sentence, chosen[0]) or _completes(question, sentence, chosen)
        if useful and not _repeats(sentence, chosen):
            chosen.append(sentence)
    return tuple(chosen)


def select_of_each(
    parts: Sequence[Results], most: int
) -> tuple[tuple[Results, FoundSentence], ...]:
    """The sentences to quote for the parts of a question, each with its part's results.

    In the order of the parts, each sentence once, at most ``most``: the best of each part,
    then the second of each, and so on. Each part must have found a sentence.
    """
    chosen = [select(part.question, part.sentences, most) for part in parts]
    ranked = ([(place, each) for each in found] for place, found in enumerate(chosen))
    kept: dict[tuple[str, int, int], tuple[int, FoundSentence]] = {}
    for each in filter(None, chain.from_iterable(zip_longest(*ranked))):
        if len(kept) < most:
            kept.setdefault(each[1].place, each)
    ordered = sorted(kept.values(), key=lambda each: each[0])
    return tuple((parts[place], found) for place, found in ordered)


def asks_for_several(question: Question) -> bool:
    """Whether the question asks for a list of things."""
    return _PLURAL.search(fold(question.search_text)) is not None


def _is_close(sentence: FoundSentence, best: FoundSentence) -> bool:
    return best.score - sentence.score <= CLOSE


def _completes(
    question: Question, sentence: FoundSentence, chosen: Sequence[FoundSentence]
) -> bool:
    if chosen[0].score - sentence.score > _WITHIN_REACH:
        return False
    if sentence.hit.document_id != chosen[0].hit.document_id:
        return False
    mentioned = Mention.NONE
    for each in chosen:
        mentioned |= each.mentions
    # One thing asked for in two ways (a person or a body) lacks nothing once it is there.
    if question.wants & mentioned and not several_wants(question.wants):
        return False
    return bool(question.wants & ~mentioned & sentence.mentions)


def several_wants(wants: Mention) -> bool:
    """Whether a question asks for two kinds of things at once, such as when and where."""
    plain = (Mention.DATE, Mention.PLACE, Mention.PERSON, Mention.MONEY, Mention.NUMBER)
    return sum(bool(wants & kind) for kind in plain) > 1


def _repeats(sentence: FoundSentence, chosen: Sequence[FoundSentence]) -> bool:
    terms = set(lexical_terms(sentence.text))
    for each in chosen:
        others = set(lexical_terms(each.text))
        union = terms | others
        if not union or len(terms & others) / len(union) >= _SAME:
            return True
    return False
