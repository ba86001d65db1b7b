"""A question, read once: cleaned, repaired, completed by its conversation, taken apart."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.errors import QuestionError
from rag.question.answer_types import answer_types
from rag.question.asides import aside_of, courtesy_of, without_courtesy
from rag.question.colloquial import careful
from rag.question.conversation import TURNS, StandaloneQuestion, standalone_question
from rag.question.decomposition import decompose
from rag.question.kinds import kind_of
from rag.question.spelling import Spelling
from rag.text.language import detect_language
from rag.text.normalisation import clean_question, fold
from rag.text.references import reference_terms
from rag.text.terms import lexical_terms, words
from rag.types import Kind, Question, Turn

_MOST_TERMS: Final = 64
_READ: Final = 1000
"""Characters read of an earlier question."""


def read_question(
    raw: str, spelling: Spelling, longest: int, history: Sequence[Turn] = ()
) -> Question:
    """Read a question, by the light of the turns before it, oldest first.

    Raises:
        QuestionError: it is empty once cleaned, or longer than ``longest`` characters.
    """
    if len(raw) > longest:
        raise QuestionError(
            f"La question compte {len(raw)} caractères, pour {longest} au plus. "
            "Raccourcissez-la, ou posez-en plusieurs."
        )
    text = clean_question(raw)
    if not any(char.isalnum() for char in text):
        raise QuestionError("La question est vide. Écrivez-la en quelques mots au moins.")
    said = without_courtesy(careful(text, spelling.knows))
    turns = _read_turns(history, spelling)
    whole = standalone_question(said, turns, longest) if turns else None
    asked = whole.text if whole else said
    leans = asked != said
    language = detect_language(text) or detect_language(asked)
    # Words of another language are not slips of this collection's.
    repaired = spelling.repair(asked) if language in (None, "fr") else asked
    question = Question(
        text=text,
        search_text=repaired,
        language=language or "fr",
        terms=tuple(dict.fromkeys(lexical_terms(repaired)))[:_MOST_TERMS],
        references=tuple(dict.fromkeys(reference_terms(asked)))[:_MOST_TERMS],
        wants=whole.wants if whole and leans else answer_types(repaired),
        kind=_kind(said, repaired) if leans else kind_of(repaired),
        near=turns[-1].cited if leans else (),
        aside=aside_of(said, alone=not leans),
    )
    if question.aside is not None:
        return question
    parts = tuple(_part(question, each) for each in decompose(repaired))
    return replace(question, parts=parts)


def _read_turns(history: Sequence[Turn], spelling: Spelling) -> list[Turn]:
    """The last turns, set down with care; thanks change nothing to what is spoken of."""
    said = (
        replace(turn, question=careful(clean_question(turn.question[:_READ]), spelling.knows))
        for turn in history[-TURNS:]
    )
    return [turn for turn in said if courtesy_of(turn.question) is None]


def _kind(said: str, completed: str) -> Kind:
    """That of the follow-up itself, or else of what it was completed to."""
    own = kind_of(said)
    return kind_of(completed) if own is Kind.OTHER else own


def _part(question: Question, asked: StandaloneQuestion) -> Question:
    """One of those it asks at once: no term or reference that the whole has not."""
    terms = set(lexical_terms(asked.text))
    references = set(reference_terms(asked.text))
    return replace(
        question,
        text=asked.text,
        search_text=asked.text,
        terms=tuple(term for term in question.terms if term in terms),
        references=tuple(each for each in question.references if each in references),
        wants=asked.wants,
        kind=kind_of(asked.text),
    )


def asked_as(question: Question) -> str | None:
    """The question as it was understood; None where a person would see no difference."""
    if question.aside is not None:
        return None
    said, understood = (words(fold(each)) for each in (question.text, question.search_text))
    return None if said == understood else question.search_text
