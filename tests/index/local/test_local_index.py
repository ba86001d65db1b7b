from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.index.display_copies import DisplayedPassage
from rag.index.filters import Filters
from rag.index.local.generation import Generation, open_generation
from rag.index.local.local_index import DisplayedPassages
from rag.index.local.scope import Scope, Scopes
from rag.types import Metadata, Place
from tests.index.local.samples import build, entry

BEGINNING = (
    "les agents qui souhaitent partir en congé déposent leur demande auprès de leur chef "
    "de service au moins dix jours avant le départ prévu et joignent les pièces utiles"
)
MIDDLE = (
    "le chef de service répond par écrit dans les cinq jours et son silence vaut accord "
    "pour la période demandée tant que la continuité du service reste bien assurée"
)
ENDING = "un refus est motivé et peut être contesté devant la commission du personnel"
FIRST = entry(
    "a.md",
    f"{BEGINNING}. {MIDDLE}. {ENDING}.",
    title="Premier",
    headings=("Secret",),
    metadata=Metadata(source_url="https://a.example", source="A", categories=("a",)),
)
SECOND = entry(
    "b.md",
    "Bonjour.",
    f"{BEGINNING}. {MIDDLE}. {ENDING} ensuite.",
    title="Deuxième",
    headings=("Congés",),
    metadata=Metadata(source_url="https://b.example", source="B", categories=("b",)),
)
THIRD = entry(
    "c.md",
    f"{BEGINNING}. {MIDDLE} ; {ENDING}.",
    title="Troisième",
    metadata=Metadata(categories=("c",)),
)


FOURTH = entry(
    "d.md",
    f"{BEGINNING} ; {MIDDLE}. {ENDING}.",
    title="Quatrième",
    metadata=Metadata(categories=("d",)),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    folder = tmp_path_factory.mktemp("index")
    build(folder, (FIRST, SECOND, THIRD, FOURTH))
    with open_generation(folder) as generation:
        yield generation


def shown_at(
    built: Generation, rows: list[int], scope: Scope | None = None
) -> list[DisplayedPassage]:
    return DisplayedPassages(built).at(rows, scope)


def row_of_the_copies(built: Generation) -> int:
    ((row, copies),) = built.store.copies(range(built.manifest.passages)).items()
    assert [copy.place.title for copy in copies] == ["Deuxième", "Troisième", "Quatrième"]
    return row


def place(number: int) -> Place:
    document, passage = (
        (SECOND.document, SECOND.passages[1]),
        (THIRD.document, THIRD.passages[0]),
        (FOURTH.document, FOURTH.passages[0]),
    )[number]
    return Place(document.id, document.title, passage.start, passage.end)


def test_without_scope_the_passage_indexed_is_shown_with_all_its_copies(
    built: Generation,
) -> None:
    row = row_of_the_copies(built)
    (shown,) = shown_at(built, [row])
    assert shown.passage == shown.indexed == FIRST.passages[0]
    assert shown.source.title == "Premier"
    assert shown.also_in == (place(0), place(1), place(2))


@pytest.mark.parametrize(
    ("categories", "also_in"),
    [(("a",), ()), (("a", "c"), (place(1),)), (("a", "b"), (place(0),))],
)
def test_only_admitted_copies_are_named(
    built: Generation, categories: tuple[str, ...], also_in: tuple[Place, ...]
) -> None:
    scope = Scopes(built).scope(Filters(categories=categories))
    (shown,) = shown_at(built, [row_of_the_copies(built)], scope)
    assert shown.passage == FIRST.passages[0]
    assert shown.also_in == also_in


def test_out_of_scope_the_first_admitted_copy_is_shown_as_it_stands(
    built: Generation,
) -> None:
    scope = Scopes(built).scope(Filters(categories=("b", "c")))
    (shown,) = shown_at(built, [row_of_the_copies(built)], scope)
    assert shown.passage == SECOND.passages[1]
    assert shown.source.document_id == SECOND.document.id
    assert shown.source.version == SECOND.document.version
    assert (shown.source.title, shown.source.url) == ("Deuxième", "https://b.example")
    assert shown.also_in == (place(1),)


def test_rows_keep_their_order_and_their_repeats(built: Generation) -> None:
    scope = Scopes(built).scope(Filters(categories=("b",)))
    row = row_of_the_copies(built)
    (other,) = {0, 1} - {row}
    shown = shown_at(built, [other, row, other], scope)
    texts = [each.passage.text for each in shown]
    assert texts == ["Bonjour.", SECOND.passages[1].text, "Bonjour."]


def test_as_many_sentences_answer_one_another(built: Generation) -> None:
    scope = Scopes(built).scope(Filters(categories=("b",)))
    (shown,) = shown_at(built, [row_of_the_copies(built)], scope)
    found = [shown.sentence(position) for position in range(3)]
    assert tuple(found) == SECOND.passages[1].sentences


@pytest.mark.parametrize(("category", "answering"), [("c", (0, 1, 1)), ("d", (0, 0, 1))])
def test_else_the_sentence_with_most_words_in_common_does(
    built: Generation, category: str, answering: tuple[int, ...]
) -> None:
    scope = Scopes(built).scope(Filters(categories=(category,)))
    (shown,) = shown_at(built, [row_of_the_copies(built)], scope)
    expected = [shown.passage.sentences[place] for place in answering]
    assert [shown.sentence(position) for position in range(3)] == expected


def test_a_copy_without_sentences_gives_none(tmp_path: Path) -> None:
    bare = entry("b.md", FIRST.passages[0].text, metadata=Metadata(categories=("b",)))
    (passage,) = bare.passages
    build(tmp_path, (FIRST, replace(bare, passages=(replace(passage, sentences=()),))))
    with open_generation(tmp_path) as built:
        scope = Scopes(built).scope(Filters(categories=("b",)))
        (shown,) = shown_at(built, [0], scope)
    assert shown.passage.document_id == bare.document.id
    assert shown.sentence(0) is None
