"""Whether the answer composed says the short answer that was expected."""

from collections import Counter

from rag.evaluation.metrics.wordings import says, squad_words
from rag.evaluation.records import Outcome, Query, Values
from rag.types import Answer, Segment


def answer_values(outcome: Outcome) -> Values:
    """``contains_short``, ``squad_em`` and ``squad_f1``, 0 to 1.

    They are there where the question is answerable and has a short answer; SQuAD's two,
    which compare one answer with one highlight, where it asks for a single fact.
    """
    query = outcome.query
    if not query.answerable or not query.short:
        return {}
    several = len(query.facts) > 1
    if outcome.examination is None:
        names = ("contains_short",) if several else ("contains_short", "squad_em", "squad_f1")
        return dict.fromkeys(names, 0.0)
    answer = outcome.examination.answer
    values = {"contains_short": contains_short(query, answer)}
    if several:
        return values
    predicted = prediction(answer)
    pairs = [_match(predicted, short, query.language) for short in query.short]
    values["squad_em"] = max(exact for exact, _ in pairs)
    values["squad_f1"] = max(f1 for _, f1 in pairs)
    return values


def contains_short(query: Query, answer: Answer) -> float:
    """How much of the short answer the segments say, one after the other without marks.

    The short answers of a single fact are alternatives: 1 where one is said. Those of
    several facts are all asked for: the share that is said.
    """
    # The semicolon keeps numbers on either side apart, and is not seen otherwise.
    text = " ; ".join(segment.text for segment in answer.segments)
    said = [says(text, short) for short in query.short]
    return float(any(said)) if len(query.facts) <= 1 else sum(said) / len(said)


def prediction(answer: Answer) -> str:
    """What SQuAD would take for the answer: chosen without a look at the gold.

    The highlights of the first segment that has some, joined by a blank; where nothing is
    highlighted, the first segment.
    """
    for segment in answer.segments:
        marked = _highlighted(answer, segment)
        if marked:
            return " ".join(marked)
    return answer.segments[0].text if answer.segments else ""


def _highlighted(answer: Answer, segment: Segment) -> list[str]:
    return [
        answer.text[span.start : span.end]
        for span in answer.highlights
        if segment.start <= span.start and span.end <= segment.end
    ]


def _match(predicted: str, short: str, language: str) -> tuple[float, float]:
    """Exact match and F1 of the official SQuAD script, on the words of both."""
    given, gold = squad_words(predicted, language), squad_words(short, language)
    exact = float(given == gold)
    if not given or not gold:
        # As in SQuAD 2.0's script: with no word on one side, F1 is the exact match.
        return exact, exact
    shared = (Counter(given) & Counter(gold)).total()
    return exact, 2 * shared / (len(given) + len(gold))
