import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.quotes import Reading, folded
from rag.types import Span

LETTERS = st.text(
    st.sampled_from("aé« »‹›'’\"“”-‐ \u00a0\u202f\n\t|*e\u0301ﬁ½¨\u200b\u00adœ"), max_size=30
)


def test_a_quote_is_found_where_it_is_written() -> None:
    cases = [
        ("le 3 mai", "Ouvre le 3 mai.", "le 3 mai"),
        (" le 3 mai\n", "Ouvre le 3 mai.", "le 3 mai"),
        ("1 100 €", "soit 1\u202f100\xa0€ en tout", "1\u202f100\xa0€"),
        ("un deux", "un\n\ndeux", "un\n\ndeux"),
        ("un\xa0 deux", "un deux", "un deux"),
        ("l'été", "C’est l’été.", "l’été"),
        ('dit "oui"', "Il dit «\xa0oui\xa0».", "dit «\xa0oui\xa0»"),
        ("dit « oui »", 'Il dit "oui".', 'dit "oui"'),
        ("“oui”", "«oui»", "«oui»"),
        ("oui", "«\xa0oui\xa0»", "oui"),
        ('oui" non', "oui\xa0» non", "oui\xa0» non"),
        ('" non', "oui\xa0» non", "» non"),
        ("e\u0301te\u0301", "un été", "été"),
        ("été", "un e\u0301te\u0301 chaud", "e\u0301te\u0301"),
        ("fin...", "la fin… et", "fin…"),
        ("figure", "la \ufb01gure", "\ufb01gure"),
        ("co\u00adopé\u200brer", "coopérer", "coopérer"),
        ("18-20 mai", "du 18‑20 mai", "18‑20 mai"),
        ("Paris | 3 mai", "Salon | Paris | 3 mai", "Paris | 3 mai"),
        ("Paris 3 mai", "Salon | Paris | 3 mai", "Paris | 3 mai"),
        ("le **3 mai** à *Paris*", "Ouvre le 3 mai à Paris.", "le 3 mai à Paris"),
        ("le **3 mai à", "Ouvre le 3 mai à Paris.", "le 3 mai à"),
        ("- le `3 mai`", "Ouvre le 3 mai.", "le 3 mai"),
        ("## Dates\n\n1. le 3 mai", "Dates\n\nle 3 mai", "Dates\n\nle 3 mai"),
        ("| **A** | B |\n|---|:-:|\n| 1 | 2 |", "A | B\n1 | 2", "A | B\n1 | 2"),
        ("le [3 mai](https://a.example/x)", "Ouvre le 3 mai.", "le 3 mai"),
        (r"5 \* 3", "soit 5 * 3", "5 * 3"),
        ("_ma_ var_x", "ma var_x", "ma var_x"),
    ]
    found = [(quote, text, cited(quote, text)) for quote, text, _ in cases]
    assert found == cases


def cited(quote: str, text: str) -> str | None:
    span = Reading(text).locate(quote)
    return None if span is None else text[span.start : span.end]


def test_what_is_not_there_is_not_found() -> None:
    cases = [
        ("", "texte"),
        (" \xa0", "texte"),
        ("**", "texte"),
        ("Texte", "texte"),
        ("cote", "côté"),
        ("le 3 mai", "le 3mai"),
        ("gain f", "gain \ufb01nal"),
        ("i n", "\ufb01 n"),
        ("texte", ""),
        ("e x", "e\u0301 x"),
    ]
    assert [
        (quote, text) for quote, text in cases if Reading(text).locate(quote) is not None
    ] == []


def test_marks_in_the_text_itself_count() -> None:
    assert Reading("2 3 puis 2 * 3").locate("2 * 3") == Span(9, 14)


def test_exact_characters_come_before_folded_ones() -> None:
    assert Reading("3\xa0mai puis 3 mai").locate("3 mai") == Span(11, 16)


def test_a_start_tells_one_place_from_another() -> None:
    # « mai » stands at 0 and 8; 3 is nearer to 0, 5 to 8.
    cases = [(None, 0), (0, 0), (7, 8), (5, 8), (3, 0), (99, 8)]
    reading = Reading("mai ... mai")
    found = [(start, reading.locate("mai", start)) for start, _ in cases]
    assert found == [(start, Span(first, first + 3)) for start, first in cases]


@given(before=LETTERS, quote=LETTERS, after=LETTERS)
def test_what_is_found_folds_as_the_quote_does(before: str, quote: str, after: str) -> None:
    text = f"{before}\n{unicodedata.normalize('NFC', quote)}\n{after}"
    span = Reading(text).locate(quote)
    if span is None:
        return
    found = text[span.start : span.end]
    assert found == found.strip()
    assert folded(found) in {folded(quote), folded(quote.replace("*", ""))}


@given(
    before=LETTERS,
    words=st.lists(st.sampled_from(["l'été", "« oui »", "1 100", "—", "œuvre"]), min_size=1),
    space=st.sampled_from([" ", "\xa0", "\u202f", "\n", " | ", "\t \n"]),
    typography=st.sampled_from([{}, {"'": "’"}, {"«": "“", "»": "”"}]),
    after=LETTERS,
)
def test_a_quote_typed_plainly_is_found(
    before: str, words: list[str], space: str, typography: dict[str, str], after: str
) -> None:
    quote = " ".join(words)
    written = space.join(words).translate(str.maketrans(typography))
    text = f"{before}\n{written.replace('“ ', '“').replace(' ”', '”')}\n{after}"
    span = Reading(text).locate(quote)
    assert span is not None
    assert folded(text[span.start : span.end]) == folded(quote)


@given(LETTERS)
def test_a_text_is_found_in_itself(text: str) -> None:
    assert Reading(text).locate(text) == (
        Span(len(text) - len(text.lstrip()), len(text.rstrip())) if text.strip() else None
    )
