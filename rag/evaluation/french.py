"""Figures, differences, dates and names as a French reader expects them."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rag.evaluation.metrics.definitions import METRIC, METRICS, Metric, MetricUnit
from rag.evaluation.runs import Figure, Verdict, given_of
from rag.evaluation.statistics import Difference
from rag.text.normalisation import fold

_NARROW: Final = "\u202f"
_BLANK: Final = "\u00a0"
_MINUS: Final = "\u2212"
_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_CATEGORIES: Final = {
    "full": "Phrases entières",
    "keywords": "Mots-clés",
    "unaccented": "Sans accents",
    "typo": "Fautes de frappe",
    "colloquial": "Langue parlée",
    "acronym": "Sigles",
    "indirect": "Questions indirectes",
    "twofacts": "Deux faits",
    "comparison": "Comparaisons",
    "table": "Tableaux",
    "list": "Listes",
    "dates": "Dates et chiffres",
    "english": "En anglais",
    "followup": "Questions de suite",
    "near": "Sans réponse, sujet voisin",
    "far": "Sans réponse, autre sujet",
    "definition": "Définitions",
    "howto": "Démarches",
    "why": "Raisons",
    "difference": "Différences",
    "yesno": "Oui ou non",
    "number": "Nombres et délais",
    "who": "Qui et où",
    "summary": "Résumés",
    "careless": "Langue négligée",
    "near-attribute": "Sans réponse, autre attribut",
    "near-population": "Sans réponse, autre public",
    "near-year": "Sans réponse, autre année",
    "near-reversed": "Sans réponse, relation inverse",
    "near-premise": "Sans réponse, fausse prémisse",
}
_SIGNIFICANT: Final = 0.05
_LEAST_P: Final = 0.001
_TO: Final = " à "


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure for the page, all in words. ``definition`` is empty for an unknown metric."""

    name: str
    label: str
    definition: str
    value: str
    interval: str
    count: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference for the page.

    ``trend`` is ``better``, ``worse`` or "" where chance explains it (p of 0.05 and up)
    or neither direction is better; ``word`` says it in French.
    """

    label: str
    difference: str
    interval: str
    p: str
    count: str
    trend: str
    word: str


def number(value: float, digits: int = 0) -> str:
    """``1 234,5``: decimal comma, thousands parted by narrow no-break spaces."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{digits}f}".replace(",", _NARROW).replace(".", ",")
    negative = value < 0 and text.strip("0,") != ""
    return f"{_MINUS}{text}" if negative else text


def signed(value: float, digits: int = 0) -> str:
    """A difference: `number` with its sign, whichever it is; none at zero."""
    text = number(value, digits)
    positive = value > 0 and text.strip("0,–") != ""
    return f"+{text}" if positive else text


def percent(share: float, digits: int = 1) -> str:
    """A share (0 to 1) as ``84,3 %``."""
    return f"{number(100 * share, digits)}{_BLANK}%"


def moment(created: str) -> str:
    """An ISO 8601 moment in words, ``3 février 2026 à 9 h 05 (UTC)``.

    What is no such moment is given back as it stands.
    """
    try:
        read = datetime.fromisoformat(created)
    except ValueError:
        return created
    day = "1er" if read.day == 1 else str(read.day)
    date = f"{day}{_BLANK}{_MONTHS[read.month - 1]} {read.year}"
    if len(created) <= len("2026-02-03"):
        return date
    zone = " (UTC)" if read.utcoffset() is not None and not read.utcoffset() else ""
    return f"{date} à {read.hour}{_BLANK}h{_BLANK}{read.minute:02d}{zone}"


def lede(tally: Mapping[Verdict, int]) -> str:
    """A run in a sentence or two: what its users were given."""
    total = sum(tally.values())
    if not total:
        return "Aucune question n’a été posée."
    given = given_of(tally)
    told = []
    if given.answerable:
        link = "auxquelles" if given.answerable > 1 else "à laquelle"
        told.append(
            f"Sur {_questions(given.answerable)} {link} les documents répondent, "
            f"{percent(given.right / given.answerable, 0)} reçoivent une réponse juste, "
            f"{percent(given.wrong / given.answerable, 0)} une fausse et "
            f"{percent(given.silent / given.answerable, 0)} un silence."
        )
    if given.unanswerable:
        told.append(
            f"Sur {_questions(given.unanswerable)} sans réponse possible, "
            f"{percent(given.invented / given.unanswerable, 0)} en reçoivent une à tort."
        )
    if given.lost:
        verb = "n’ont pas pu être posées" if given.lost > 1 else "n’a pas pu être posée"
        told.append(f"{_questions(given.lost)} {verb}.")
    found, absent = tally.get(Verdict.FOUND, 0), tally.get(Verdict.ABSENT, 0)
    if found or absent:
        told.append(
            f"Sur {_questions(found + absent)}, {percent(found / (found + absent), 0)} "
            "trouvent un document attendu parmi les dix premiers."
        )
    return " ".join(told)


def _questions(count: int) -> str:
    return f"{number(count)} question{'s' if count > 1 else ''}"


def category_label(category: str) -> str:
    """A category of our own questions in French; another's name as it is."""
    return _CATEGORIES.get(category, category) or "Sans catégorie"


def category_order(item: tuple[str, object]) -> str:
    """What sorts items whose first member is a category: its label, accents apart."""
    return fold(category_label(item[0]))


def shown(text: str) -> str:
    """The text with what no page or XML file can hold replaced by U+FFFD.

    Control characters other than tab and line ends, lone surrogates, noncharacters.
    """
    return _UNSHOWABLE.sub("\ufffd", text)


def shortened(text: str, most: int) -> str:
    """At most ``most`` characters of a text, cut at a word where one ends near there."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    blank = cut.rfind(" ", most * 3 // 4)
    return f"{cut[:blank] if blank > 0 else cut}…"


def measures(figures: Mapping[str, Figure]) -> Iterator[Measure]:
    """All figures in the order of `METRICS`, then those that it does not know."""
    for metric in _in_order(figures):
        yield measure(metric, figures[metric.name])


def measure(metric: Metric, figure: Figure) -> Measure:
    """One figure in words."""
    return Measure(
        name=metric.name,
        label=metric.label,
        definition=metric.definition,
        value=worded(metric.unit, figure.value),
        interval=_range(metric.unit, figure.low, figure.high),
        count=number(figure.count),
    )


def changes(differences: Mapping[str, Difference]) -> Iterator[Change]:
    """All differences, in the same order as figures."""
    for metric in _in_order(differences):
        difference = differences[metric.name]
        trend = _trend(metric, difference)
        yield Change(
            label=metric.label,
            difference=_points(metric.unit, difference.value),
            interval=f"{_points(metric.unit, difference.low)}{_TO}"
            f"{_points(metric.unit, difference.high)}",
            p=f"<\u00a0{number(_LEAST_P, 3)}"
            if difference.p < _LEAST_P
            else number(difference.p, 3),
            count=number(difference.count),
            trend=trend,
            word={"better": "mieux", "worse": "moins bien"}.get(trend, ""),
        )


def worded(unit: MetricUnit, value: float) -> str:
    """A value in its unit: ``84,3 %``, ``0,843``, ``12 ms``."""
    if unit is MetricUnit.SHARE:
        return percent(value)
    if unit is MetricUnit.MILLISECONDS:
        return f"{number(value, _time_digits(value))}\u00a0ms"
    return number(value, 2 if unit is MetricUnit.RATIO else 3)


def _range(unit: MetricUnit, low: float, high: float) -> str:
    """Both ends of an interval, the unit said once."""
    end = worded(unit, high)
    if unit is MetricUnit.SHARE:
        return f"{number(100 * low, 1)}{_TO}{end}"
    if unit is MetricUnit.MILLISECONDS:
        return f"{number(low, _time_digits(high))}{_TO}{end}"
    return f"{worded(unit, low)}{_TO}{end}"


def _points(unit: MetricUnit, difference: float) -> str:
    """A difference with its sign; of two shares, in percentage points."""
    if unit is MetricUnit.SHARE:
        return f"{signed(100 * difference, 1)}\u00a0pt"
    if unit is MetricUnit.MILLISECONDS:
        return f"{signed(difference, 1)}\u00a0ms"
    return signed(difference, 2 if unit is MetricUnit.RATIO else 3)


def _trend(metric: Metric, difference: Difference) -> str:
    if difference.p >= _SIGNIFICANT or not difference.value or metric.higher_is_better is None:
        return ""
    return "better" if (difference.value > 0) is metric.higher_is_better else "worse"


def _time_digits(milliseconds: float) -> int:
    return 0 if abs(milliseconds) >= 100 else 1


def _in_order(names: Mapping[str, object]) -> Iterator[Metric]:
    yield from (metric for metric in METRICS if metric.name in names)
    yield from (
        Metric(name, name, "", MetricUnit.SCORE, None) for name in names if name not in METRIC
    )
