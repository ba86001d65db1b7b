"""A follow-up looks first at what was just cited."""

from dataclasses import replace

import numpy as np
import pytest

from rag.index.passage_index import CandidateSet
from rag.retrieval.nearness import nearer
from rag.types import Cited, Place
from tests.retrieval.made import Made, asked, candidates

HEADINGS = ("Tarifs", "Réductions")
SCORES = np.array([2.0, 1.5, 1.0])


@pytest.fixture
def found() -> CandidateSet:
    """Passages 0 to 15 of documents « a », « b » and « c »; the last under HEADINGS."""
    made = [Made(title, ("Quinze lettres.",)) for title in "abc"]
    whole = candidates(asked("la carte"), *made)
    shown = [each.read for each in made]
    last = replace(shown[2].passage, headings=HEADINGS)
    shown[2] = replace(shown[2], passage=last)
    return replace(whole, read=lambda places: [shown[place] for place in places])


def test_a_document_just_cited_gains_one(found: CandidateSet) -> None:
    scores = nearer(found, SCORES, [Cited("b", 100, 120)])
    assert scores.tolist() == [2.0, 2.5, 1.0]


def test_the_place_and_the_section_cited_gain_half_more(found: CandidateSet) -> None:
    assert nearer(found, SCORES, [Cited("b", 14, 30)]).tolist() == [2.0, 3.0, 1.0]
    assert nearer(found, SCORES, [Cited("c", 90, 99, HEADINGS)]).tolist() == [2.0, 1.5, 2.5]


def test_no_headings_are_no_section(found: CandidateSet) -> None:
    assert nearer(found, SCORES, [Cited("a", 15, 30)]).tolist() == [3.0, 1.5, 1.0]


def test_several_places_do_not_add_up(found: CandidateSet) -> None:
    near = [Cited("b", 0, 5), Cited("b", 5, 9), Cited("a", 50, 60)]
    assert nearer(found, SCORES, near).tolist() == [3.0, 3.0, 1.0]


def test_a_copy_of_what_was_cited_is_near_too(found: CandidateSet) -> None:
    (shown,) = found.read([0])
    copied = replace(shown, also_in=(Place("z", "z", 0, 15),))
    copies = replace(found, read=lambda places: [copied for _ in places])
    assert nearer(copies, SCORES, [Cited("z", 0, 15)]).tolist() == [3.0, 2.5, 2.0]


def test_nothing_is_read_where_nothing_is_near(found: CandidateSet) -> None:
    def never(places: object) -> list[object]:
        raise AssertionError(places)

    unread = replace(found, read=never)  # type: ignore[arg-type]
    assert nearer(unread, SCORES, ()) is SCORES
