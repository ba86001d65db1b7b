from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import IndexingError
from rag.evaluation.datasets.dataset import Polarity, Query
from rag.evaluation.metrics.segment_measures import f_beta, segment_values, surroundings_of
from rag.evaluation.runs import Outcome, Place, Values
from rag.types import Answer, Block, BlockKind, Citation, Document, Segment, Span, Support
from rag.types import Place as Copy
from tests.evaluation.metrics.made import answer, citation, outcome, query

HEADING, PARAGRAPH, ITEM = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM
HEADER, ROW = BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW


def document(name: str, *blocks: tuple[BlockKind, int, str]) -> Document:
    """A document of these blocks, an empty line between them."""
    text, placed = "", []
    for kind, level, content in blocks:
        start = len(text) + (2 if text else 0)
        text += f"{chr(10) * 2 if text else ''}{content}"
        placed.append(Block(kind, start, len(text), level))
    return Document(name, "c", f"{name}.md", "sha256:1", name, text, tuple(placed))


OPENS = "Le salon ouvre le 3 mars."
LASTS = "Il dure deux jours."
FREE = "L'entrée est libre."
AGES = "Les tarifs dépendent de l'âge."
ASKED = "Pour venir, il faut :"
TICKET, FULL, REDUCED = "un billet :", "plein, à 12 euros ;", "réduit, à 8 euros ;"
CARD = "une pièce d'identité."
HOURS, MONDAY, TUESDAY = "Jour | Ouverture", "Lundi | 9 heures", "Mardi | 10 heures"
CLOSED = "Fermé le dimanche."
GUIDE = document(
    "guide",
    (HEADING, 1, "Le salon"),
    (PARAGRAPH, 0, f"{OPENS} {LASTS} {FREE}"),
    (HEADING, 2, "Tarifs"),
    (PARAGRAPH, 0, f"{AGES} {ASKED}"),
    (ITEM, 1, TICKET),
    (ITEM, 2, FULL),
    (ITEM, 2, REDUCED),
    (ITEM, 1, CARD),
    (HEADING, 2, "Horaires"),
    (HEADER, 0, HOURS),
    (ROW, 0, MONDAY),
    (ROW, 0, TUESDAY),
    (PARAGRAPH, 0, CLOSED),
)
LEAFLET = document(
    "leaflet",
    (HEADING, 1, "Dépliant"),
    (PARAGRAPH, 0, f"Bienvenue à tous. {OPENS} Venez nombreux."),
    (HEADER, 0, "Ville | Place"),
    (ROW, 0, "Lyon | Bellecour"),
)
DOCUMENTS = {each.id: each for each in (GUIDE, LEAFLET)}


def read(name: str) -> Document:
    return DOCUMENTS[name]


def span(quote: str, within: Document = GUIDE) -> Span:
    start = within.text.index(quote)
    return Span(start, start + len(quote))


def gold(quote: str, fact: int = 1, within: Document = GUIDE) -> Place:
    return Place(within.id, span(quote, within), fact)


def cite(
    quote: str, within: Document = GUIDE, also_in: tuple[Copy, ...] = (), number: int = 1
) -> Citation:
    at = span(quote, within)
    return replace(
        citation(0, 1, number=number),
        document_id=within.id,
        start=at.start,
        end=at.end,
        quote=quote,
        also_in=also_in,
    )


def quoting(*quotes: str | Citation) -> Answer:
    """An answer with a segment for each quote, in the guide unless it says where."""
    cited = [cite(each) if isinstance(each, str) else each for each in quotes]
    return answer([replace(each, number=n) for n, each in enumerate(cited, start=1)])


def values(
    composed: Answer,
    *places: Place,
    right: bool = True,
    polarity: Polarity | None = None,
    asked: Query | None = None,
) -> Values:
    facts = sorted({place.fact for place in places})
    put = asked or query(facts=facts, polarity=polarity)
    return segment_values(outcome(put, places, composed, right=right), read)


def first(composed: Answer, *places: Place) -> tuple[float, float]:
    """Whether the answer begins with what answers, and the inverse rank of that."""
    found = values(composed, *places)
    return found["first_right"], found["order"]


def test_what_answers_comes_first_second_or_nowhere() -> None:
    date = gold("3 mars")
    cases = [
        ([OPENS], (1, 1)),
        ([OPENS, LASTS], (1, 1)),
        ([LASTS, OPENS], (0, 1 / 2)),
        ([LASTS, FREE, OPENS], (0, 1 / 3)),
        ([LASTS, FREE], (0, 0)),
        (["3 mars"], (1, 1)),
        ([f"{OPENS} {LASTS}"], (1, 1)),
    ]
    found = [(quotes, first(quoting(*quotes), date)) for quotes, _ in cases]
    assert found == cases


def test_headers_and_introductions_are_passed_over() -> None:
    ten, twelve, eight = gold("10 heures"), gold("12 euros"), gold("8 euros")
    cases = [
        ([HOURS, TUESDAY], ten, (1, 1)),  # the header of its table
        (["Horaires", HOURS, TUESDAY], ten, (1, 1)),  # and the heading above
        ([HOURS, MONDAY, TUESDAY], ten, (0, 1 / 2)),  # another row is none of it
        (["Le salon", TUESDAY], ten, (1, 1)),
        ([ASKED, FULL], twelve, (1, 1)),  # the sentence that introduces its list
        ([ASKED, TICKET, REDUCED], eight, (1, 1)),  # and the item that it stands under
        ([ASKED, FULL, REDUCED], eight, (0, 1 / 2)),  # another item is none of it
        ([AGES, FULL], twelve, (0, 1 / 2)),  # nor is the sentence before
        ([f"{AGES} {ASKED}", FULL], twelve, (0, 1 / 2)),  # 21 of 52 characters introduce
        ([CARD, HOURS, TUESDAY], ten, (0, 1 / 2)),  # passed over wherever it stands
        ([HOURS], ten, (0, 0)),  # alone, it does not answer
        ([FREE, OPENS], gold("3 mars"), (0, 1 / 2)),
        # A header says nothing by itself, of whatever table it is.
        ([cite("Ville | Place", LEAFLET), TUESDAY], ten, (1, 1)),
        ([cite("Dépliant", LEAFLET), OPENS], gold("3 mars"), (1, 1)),
        ([cite("Lyon | Bellecour", LEAFLET), OPENS], gold("3 mars"), (0, 1 / 2)),
    ]  # fmt: skip
    unlike = [
        (quotes, found)
        for quotes, place, expected in cases
        if (found := first(quoting(*quotes), place)) != expected
    ]
    assert unlike == []


def test_a_header_that_is_itself_expected_is_what_answers() -> None:
    assert first(quoting(HOURS, MONDAY), gold("Ouverture")) == (1, 1)
    assert first(quoting(ASKED, FULL), gold("Pour venir, il faut")) == (1, 1)


def test_a_segment_answers_by_half_of_a_gold_or_by_being_half_gold() -> None:
    # Nine characters.
    date = gold("le 3 mars")
    cases = [
        ("ouvre le 3", 0),  # « le 3 », 4 of 9, and 4 of its own 10
        ("ouvre le 3 m", 1),  # 6 of 9
        ("le 3", 1),  # wholly gold, though 4 of 9
        ("e le 3", 1),  # 4 of its own 6
        ("vre le 3", 1),  # 4 of its own 8
        ("uvre le 3", 0),  # 4 of its own 9
    ]
    found = [(quote, first(quoting(quote), date)[0]) for quote, _ in cases]
    assert found == cases
    # Five of ten characters, and of its own eleven.
    assert first(quoting("ouvre le 3 "), gold("le 3 mars.")) == (1, 1)


def test_any_place_of_any_fact_may_come_first() -> None:
    either = (gold("3 mars"), gold("12 euros"))
    both = (gold("3 mars", 1), gold("12 euros", 2))
    for places in (either, both):
        assert first(quoting(FULL, OPENS), *places) == (1, 1)
        assert first(quoting(OPENS, FULL), *places) == (1, 1)
        assert first(quoting(CARD, FULL, OPENS), *places) == (0, 1 / 2)


def test_clean_is_right_and_at_once() -> None:
    date = gold("3 mars")
    cases = [
        ([OPENS], True, (1, 1)),
        ([OPENS], False, (1, 0)),  # begins well, and lacks what else was asked
        ([LASTS, OPENS], True, (0, 0)),
        ([LASTS], False, (0, 0)),
    ]
    unlike = []
    for quotes, right, expected in cases:
        found = values(quoting(*quotes), date, right=right)
        if (found["first_right"], found["clean_right"]) != expected:
            unlike.append((quotes, right))
    assert unlike == []


def test_a_part_of_a_quote_stands_where_it_stands_in_it() -> None:
    # One citation of two sentences, told in the other order.
    cited = quoting(f"{OPENS} {LASTS}")
    told = replace(cited, segments=tuple(_said(each, 1) for each in (LASTS, OPENS)))
    assert first(told, gold("3 mars")) == (0, 1 / 2)
    assert first(told, gold("deux jours")) == (1, 1)
    # Words that are not in the quote stand for the whole of it.
    told = replace(cited, segments=(_said("Deux jours, dès le 3.", 1),))
    assert first(told, gold("3 mars")) == (1, 1)


def test_a_segment_stands_in_all_that_it_rests_on_and_one_without_source_is_passed() -> None:
    cited = quoting(LASTS, OPENS)
    told = replace(cited, segments=(_said("Il ouvre deux jours.", 1, 2),))
    assert first(told, gold("3 mars")) == (1, 1)
    told = replace(cited, segments=(_said("Voici :"), _said("D'après 9 :", 9), _said(OPENS, 2)))
    assert first(told, gold("3 mars")) == (1, 1)
    assert first(replace(cited, segments=()), gold("3 mars")) == (0, 0)


def _said(text: str, *numbers: int) -> Segment:
    return Segment(text, 0, len(text), numbers, Support.VERBATIM)


def test_noise_is_counted_in_characters() -> None:
    both = f"{OPENS} {LASTS}"  # 25 characters, a blank, and 19 of no use
    cases: list[tuple[list[str | Citation], Place, float]] = [
        ([OPENS], gold("3 mars"), 0),
        (["3 mars"], gold("3 mars"), 0),
        ([both], gold("3 mars"), 20 / 45),
        ([OPENS, LASTS], gold("3 mars"), 19 / 44),
        ([LASTS], gold("3 mars"), 1),
        # What stands between two sentences that both answer is no noise.
        ([both], gold("3 mars. Il dure"), 0),
        ([TUESDAY], gold("10 heures"), 0),
        ([HOURS, TUESDAY], gold("10 heures"), 0),
        (["Horaires", HOURS, TUESDAY], gold("10 heures"), 0),
        # The other row is 16 characters, the header 16, the row 17.
        ([HOURS, MONDAY, TUESDAY], gold("10 heures"), 16 / 49),
        ([ASKED, FULL], gold("12 euros"), 0),
        ([ASKED, TICKET, REDUCED], gold("8 euros"), 0),
        # 21 of the introduction and 19 of the item are of use, 30 of the first sentence not.
        ([AGES, ASKED, FULL], gold("12 euros"), 30 / 70),
        # Of 21 + 2 + 11 + 2 + 19 + 2 + 19: three empty lines, and the item before.
        ([f"{ASKED}\n\n{TICKET}\n\n{FULL}\n\n{REDUCED}"], gold("8 euros"), (6 + 19) / 76),
        # A header of something else is passed over, and is noise all the same.
        ([cite("Ville | Place", LEAFLET), OPENS], gold("3 mars"), 13 / 38),
        # The same quote twice counts twice.
        ([OPENS, OPENS, LASTS], gold("3 mars"), 19 / 69),
    ]
    unlike = [
        (composed, place, noise, expected)
        for composed, place, expected in cases
        if (noise := values(quoting(*composed), place)["noise"]) != pytest.approx(expected)
    ]
    assert unlike == []


def test_what_any_gold_needs_is_no_noise() -> None:
    composed = quoting(HOURS, TUESDAY, OPENS, LASTS)
    assert values(composed, gold("10 heures", 1), gold("3 mars", 2))["noise"] == pytest.approx(
        19 / 77
    )


def test_completeness_by_hand() -> None:
    date, price = gold("3 mars", 1), gold("12 euros", 2)
    cases: list[tuple[list[str], float]] = [
        ([OPENS, FULL], 1),
        # One fact of two, no noise: 5 × 1 × ½ / (4 × 1 + ½).
        ([OPENS], 2.5 / 4.5),
        # Both, and 19 of 63 characters of noise, so that 44 are of use: recall weighs more.
        ([OPENS, LASTS, FULL], 5 * (44 / 63) / (4 * (44 / 63) + 1)),
        # One of two, and 20 of 45 of noise: 25/18 / (20/9 + 1/2).
        ([f"{OPENS} {LASTS}"], 25 / 49),
        ([LASTS], 0),
        # What introduces brings no fact by itself.
        ([ASKED], 0),
    ]
    unlike = [
        (quotes, found, expected)
        for quotes, expected in cases
        if (found := values(quoting(*quotes), date, price)["completeness"])
        != pytest.approx(expected)
    ]
    assert unlike == []


def test_f_beta_by_hand() -> None:
    assert f_beta(1, 1, 2) == 1
    assert f_beta(0.5, 1, 2) == pytest.approx(5 * 0.5 / 3)
    assert f_beta(1, 0.5, 2) == pytest.approx(5 * 0.5 / 4.5)
    # Unweighted it is the plain harmonic mean: 2 × ½ × 1 / 1½.
    assert f_beta(1, 0.5, 1) == f_beta(0.5, 1, 1) == pytest.approx(2 / 3)
    assert f_beta(0, 1, 2) == f_beta(1, 0, 2) == f_beta(0, 0, 2) == 0


def deciding(sentence: str, *before: str) -> tuple[float, float]:
    """What the sentence is worth where yes is expected, and where no is."""
    text = document(
        "verdict",
        (HEADING, 1, "Peut-on venir sans billet ?"),
        (PARAGRAPH, 0, " ".join([*before, sentence])),
    )
    cited = [cite(each, text) for each in (*before, sentence)]
    place = gold(sentence, within=text)
    put = outcome(query(), (place,), quoting(*cited), right=True)
    yes, no = (
        segment_values(
            replace(put, query=replace(put.query, polarity=polarity)),
            {text.id: text}.__getitem__,
        )["polarity"]
        for polarity in (Polarity.YES, Polarity.NO)
    )
    return yes, no


def test_yes_and_no_are_told_apart_where_the_sentence_opens_with_one() -> None:
    yes, no, either = (1, 0), (0, 1), (1, 1)
    cases = [
        ("Oui, l'entrée est libre.", yes),
        ("Non, il faut un billet.", no),
        ("Yes, it is free.", yes),
        ("No: a ticket is needed.", no),
        ("OUI.", yes),
        ("« Oui », dit le règlement.", yes),
        ("**Non**, il faut un billet.", no),
        ("Oui", yes),
        # It opens with neither: it is the document's own, and says what the document says.
        ("L'entrée est libre, oui.", either),
        ("Il n'est pas possible de venir sans billet.", either),
    ]
    found = [(sentence, deciding(sentence)) for sentence, _ in cases]
    assert found == cases


def test_a_word_that_only_begins_like_yes_or_no_decides_nothing() -> None:
    words = ["Nonobstant ce billet, venez.", "Ouïe fine exigée.", "Notez la date."]
    assert [word for word in words if deciding(word) != (1, 1)] == []


def test_a_compound_that_begins_with_no_decides_nothing() -> None:
    assert deciding("Non-résidents et étudiants viennent sans billet.") == (1, 1)


def test_an_answer_that_begins_with_something_else_does_not_decide() -> None:
    assert deciding("Oui, l'entrée est libre.", "Le salon est grand.") == (0, 0)


def test_what_decides_is_the_segment_after_the_header() -> None:
    guide = document("g", (HEADING, 1, "Non"), (PARAGRAPH, 0, "Oui, venez."))
    place = gold("Oui, venez.", within=guide)
    composed = quoting(cite("Non", guide), cite("Oui, venez.", guide))
    put = outcome(query(polarity=Polarity.YES), (place,), composed)
    assert segment_values(put, {"g": guide}.__getitem__)["polarity"] == 1


def test_polarity_is_there_where_yes_or_no_is_expected_only() -> None:
    assert "polarity" not in values(quoting(OPENS), gold("3 mars"))
    for polarity in Polarity:
        found = values(quoting(LASTS), gold("3 mars"), polarity=polarity)
        assert found["polarity"] == 0


def test_a_copy_in_another_document_counts() -> None:
    whole = GUIDE.blocks[1]
    copy = (Copy("guide", "guide", whole.start, whole.end),)
    date = gold("3 mars")
    found = values(quoting(cite(OPENS, LEAFLET, copy)), date)
    assert found == {
        "first_right": 1,
        "clean_right": 1,
        "order": 1,
        "noise": 0,
        "completeness": 1,
    }
    # Without its copy, or with one elsewhere, it is but another document.
    for also_in in ((), (Copy("leaflet", "leaflet", 0, 9),)):
        found = values(quoting(cite(OPENS, LEAFLET, also_in)), date)
        assert (found["order"], found["noise"]) == (0, 1)
    # A copy counts for the characters cited, not for the passage that it is of.
    found = values(quoting(cite("Venez nombreux.", LEAFLET, copy)), date)
    assert (found["order"], found["noise"]) == (0, 1)


NOTHING = {"first_right": 0.0, "clean_right": 0.0, "order": 0.0, "completeness": 0.0}


def test_an_answer_that_cites_nothing_and_a_question_not_put() -> None:
    place = gold("3 mars")
    for polarity, expected in ((None, NOTHING), (Polarity.NO, {**NOTHING, "polarity": 0.0})):
        asked = query(polarity=polarity)
        assert segment_values(outcome(asked, (place,), answer()), read) == expected
        assert segment_values(outcome(asked, (place,), put=False, right=True), read) == expected


def test_a_gold_that_was_not_located_is_answered_by_nothing() -> None:
    asked = query(facts=(1,))
    found = segment_values(outcome(asked, (), quoting(OPENS)), read)
    assert found == {**NOTHING, "noise": 1.0}


def test_nothing_is_there_where_no_quote_answers() -> None:
    for asked in (query(facts=()), query(quote=None)):
        places = (gold("3 mars"),) if asked.gold else ()
        assert segment_values(outcome(asked, places, quoting(OPENS), right=True), read) == {}


def test_a_document_that_is_gone_answers_nothing() -> None:
    def fail(name: str) -> Document:
        raise IndexingError(name)

    put = outcome(query(), (gold("3 mars"),), quoting(f"{OPENS} {LASTS}"))
    found = segment_values(put, fail)
    # The characters of the gold are known, what stands around them is not.
    assert found["first_right"] == 1
    assert found["noise"] == pytest.approx(1 - 6 / 45)


def told(place: Place, within: Document = GUIDE) -> tuple[list[str], list[str]]:
    """The units of a gold in order, and what leads to them, in that order too."""
    found = surroundings_of(within, place)
    assert found.document_id == within.id

    def texts(spans: Sequence[Span]) -> list[str]:
        ordered = sorted(spans, key=lambda each: each.start)
        return [within.text[each.start : each.end] for each in ordered]

    return texts(found.unit), texts(found.introduction)


def test_what_surrounds_a_gold() -> None:
    cases: list[tuple[str, list[str], list[str]]] = [
        ("3 mars", [OPENS], ["Le salon"]),
        ("mars. Il dure", [OPENS, LASTS], ["Le salon"]),
        ("libre", [FREE], ["Le salon"]),
        ("âge", [AGES], ["Le salon", "Tarifs"]),
        ("billet", [TICKET], ["Le salon", "Tarifs", ASKED]),
        ("12 euros", [FULL], ["Le salon", "Tarifs", ASKED, TICKET]),
        ("8 euros", [REDUCED], ["Le salon", "Tarifs", ASKED, TICKET]),
        ("identité", [CARD], ["Le salon", "Tarifs", ASKED]),
        ("12 euros ;\n\nréduit", [FULL, REDUCED], ["Le salon", "Tarifs", ASKED, TICKET]),
        ("faut :\n\nun billet", [ASKED, TICKET], ["Le salon", "Tarifs"]),
        ("9 heures", [MONDAY], ["Le salon", "Horaires", HOURS]),
        ("Mardi", [TUESDAY], ["Le salon", "Horaires", HOURS]),
        ("Ouverture", [HOURS], ["Le salon", "Horaires"]),
        ("9 heures\n\nMardi", [MONDAY, TUESDAY], ["Le salon", "Horaires", HOURS]),
        # After a table, nothing of it leads to a paragraph.
        ("dimanche", [CLOSED], ["Le salon", "Horaires"]),
        ("Horaires", ["Horaires"], ["Le salon"]),
        ("Le salon\n", ["Le salon"], []),
    ]
    found = [(quote, *told(gold(quote))) for quote, _, _ in cases]
    assert found == cases


def test_a_heading_of_another_branch_leads_nowhere() -> None:
    text = document(
        "deep",
        (HEADING, 2, "Avant"),
        (HEADING, 3, "Sous avant"),
        (HEADING, 1, "Titre"),
        (HEADING, 3, "Ailleurs"),
        (HEADING, 2, "Ici"),
        (HEADING, 3, "Juste ici"),
        (PARAGRAPH, 0, "Ce qui répond."),
    )
    units, leads = told(gold("répond", within=text), text)
    assert (units, leads) == (["Ce qui répond."], ["Titre", "Ici", "Juste ici"])


def test_each_table_has_a_header_of_its_own_or_none() -> None:
    text = document(
        "tables",
        (HEADER, 0, "A | B"),
        (ROW, 0, "a1 | b1"),
        (HEADER, 0, "C | D"),
        (HEADER, 0, "en euros"),
        (ROW, 0, "c1 | d1"),
        (ROW, 0, "c2 | d2"),
        (PARAGRAPH, 0, "Entre deux."),
        (ROW, 0, "sans titre"),
    )
    cases = [("b1", ["A | B"]), ("d2", ["C | D", "en euros"]), ("sans titre", [])]
    found = [(quote, told(gold(quote, within=text), text)[1]) for quote, _ in cases]
    assert found == cases


def test_a_list_that_no_sentence_introduces() -> None:
    text = document(
        "lists",
        (HEADING, 1, "Il faut"),
        (ITEM, 1, "un billet"),
        (ITEM, 2, "neuf"),
        (ITEM, 2, "valable"),
        (ITEM, 3, "signé"),
        (ITEM, 1, "une carte"),
    )
    cases = [
        ("billet", ["Il faut"]),
        ("signé", ["Il faut", "un billet", "valable"]),
        ("carte", ["Il faut"]),
    ]
    found = [(quote, told(gold(quote, within=text), text)[1]) for quote, _ in cases]
    assert found == cases
    # The first block of all, with nothing above.
    alone = document("alone", (ITEM, 1, "un billet"))
    assert told(gold("billet", within=alone), alone) == (["un billet"], [])


def test_a_row_an_item_and_a_heading_are_whole_whatever_sentences_they_hold() -> None:
    text = document(
        "whole",
        (HEADING, 1, "Venir. Comment ?"),
        (HEADER, 0, "Jour. Mois | Heure"),
        (ROW, 0, "Lundi. Janvier | Neuf heures. Précises"),
        (ITEM, 1, "Un billet. Une carte."),
    )
    cases = [
        ("Comment", "Venir. Comment ?"),
        ("Mois", "Jour. Mois | Heure"),
        ("Neuf", "Lundi. Janvier | Neuf heures. Précises"),
        ("carte", "Un billet. Une carte."),
    ]
    found = [(quote, told(gold(quote, within=text), text)[0]) for quote, _ in cases]
    assert found == [(quote, [unit]) for quote, unit in cases]


def test_a_document_without_blocks_is_one_paragraph() -> None:
    plain = replace(GUIDE, text=f"{OPENS} {LASTS}", blocks=())
    assert told(gold("3 mars", within=plain), plain) == ([OPENS], [])
    assert told(gold("deux", within=plain), plain) == ([LASTS], [])


def stretches() -> st.SearchStrategy[tuple[Document, Span]]:
    """Some characters of a document, one at least."""

    def of(within: Document) -> st.SearchStrategy[tuple[Document, Span]]:
        last = len(within.text)
        starts = st.integers(0, last - 1)
        return st.tuples(starts, st.integers(1, 60)).map(
            lambda drawn: (within, Span(drawn[0], min(last, drawn[0] + drawn[1])))
        )

    return st.sampled_from((GUIDE, LEAFLET)).flatmap(of)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    """Any answer to a question of one fact or two."""
    copies = st.lists(stretches(), max_size=2)
    cited = [
        replace(
            _exactly(at, within),
            also_in=tuple(Copy(each.id, each.id, a.start, a.end) for each, a in draw(copies)),
        )
        for within, at in draw(st.lists(stretches(), max_size=4))
    ]
    composed = quoting(*cited)
    numbers = st.lists(st.integers(1, 5), max_size=2).map(tuple)
    quotes = [each.quote for each in cited] or ["?"]
    segments = st.lists(
        st.builds(_said_from, st.sampled_from(quotes), st.integers(0, 20), numbers), max_size=5
    )
    places = tuple(
        Place(within.id, at, draw(st.sampled_from((1, 2))))
        for within, at in draw(st.lists(stretches(), max_size=3))
    )
    polarity = draw(st.sampled_from((None, *Polarity)))
    return outcome(
        query(facts=draw(st.sampled_from(((1,), (1, 2)))), polarity=polarity),
        places,
        replace(composed, segments=(*composed.segments, *draw(segments))),
        right=draw(st.booleans()),
        put=draw(st.booleans()),
    )


def _said_from(quote: str, start: int, numbers: tuple[int, ...]) -> Segment:
    return _said(quote[start:] or quote, *numbers)


@given(outcomes())
def test_measures_are_shares_that_agree(drawn: Outcome) -> None:
    found = segment_values(drawn, read)
    assert all(0 <= value <= 1 for value in found.values())
    assert found["clean_right"] <= found["first_right"]
    assert (found["order"] == 1) is (found["first_right"] == 1)
    assert found.get("polarity", 0) <= found["first_right"]
    assert ("noise" in found) is bool(drawn.examination and drawn.examination.answer.citations)


@given(st.sampled_from(GUIDE.blocks), st.data())
def test_what_a_gold_stands_in_and_what_leads_to_it_is_a_whole_answer(
    block: Block, data: st.DataObject
) -> None:
    words = [at for at in range(block.start, block.end) if GUIDE.text[at].isalnum()]
    one, other = data.draw(st.tuples(st.sampled_from(words), st.sampled_from(words)))
    place = Place("guide", Span(min(one, other), max(one, other) + 1), 1)
    around = surroundings_of(GUIDE, place)
    # Sentences that a gold joins are cited together.
    whole = Span(around.unit[0].start, around.unit[-1].end)
    leads = sorted(around.introduction, key=lambda each: each.start)
    composed = quoting(*(_exactly(each) for each in (*leads, whole)))
    assert values(composed, place) == {
        "first_right": 1,
        "clean_right": 1,
        "order": 1,
        "noise": 0,
        "completeness": 1,
    }


def _exactly(at: Span, within: Document = GUIDE) -> Citation:
    """The citation of these very characters, wherever else they stand too."""
    quote = within.text[at.start : at.end]
    return replace(cite(quote, within), start=at.start, end=at.end)
