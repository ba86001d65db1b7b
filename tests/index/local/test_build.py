import os
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexBusyError, IndexingError, IndexWriteError
from rag.index.build_stages import Stage
from rag.index.documents import Entry, SkippedFile
from rag.index.local.generation import open_generation
from rag.index.local.layout import IndexLayout
from rag.index.local.lexical import LexicalQuery
from rag.index.local.publication import hold_build_lock
from rag.index.local.verification import verify
from rag.index.passage_index import best_of_groups
from rag.index.search_texts import sentence_vector_text
from rag.protocols import FloatMatrix
from rag.text.terms import lexical_terms
from rag.types import BlockKind, Mention, Metadata, Sentence
from tests.index.local.samples import (
    CALCUL,
    CHUNKING,
    CORPUS,
    CYBER,
    CountingEmbedder,
    build,
    entry,
)


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    skipped = (SkippedFile("defaut", "/corpus", "vide.pdf", "Ce fichier est vide."),)
    report = build(tmp_path, CORPUS, skipped=skipped)
    assert (report.documents, report.passages, report.sentences) == (2, 4, 5)
    assert (report.added, report.changed, report.unchanged, report.removed) == (2, 0, 0, 0)
    assert report.embedded == 4 + 5
    with open_generation(tmp_path) as generation:
        manifest = generation.manifest
        assert manifest.generation == report.generation
        assert (manifest.documents, manifest.passages, manifest.sentences) == (2, 4, 5)
        assert manifest.collections == {"defaut": 2}
        assert manifest.chunking == CHUNKING
        assert manifest.vector_index == "flat"
        for one in CORPUS:
            assert generation.store.document(one.document.id) == one.document
            assert generation.store.passages(one.document.id) == one.passages
            assert generation.store.source_stamps()[one.document.id] == one.stamp
        assert generation.store.skipped() == skipped
    assert verify(tmp_path) == []


def test_every_search_leads_to_the_passage(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    embedder = CountingEmbedder()
    with open_generation(tmp_path) as generation:
        query = embedder.embed_queries([CYBER.passages[1].text])[0]
        rows, _ = generation.passages.search(query, 1)
        assert generation.store.passages_at(rows.tolist())[int(rows[0])] == CYBER.passages[1]
        numbers, bounds = generation.tables.sentences_of(rows)
        (sentence,) = CYBER.passages[1].sentences
        text = sentence_vector_text("Cybersécurité", CYBER.passages[1], sentence)
        asked = embedder.embed_queries([text])[0]
        best = best_of_groups(generation.sentences.scores(asked, numbers), bounds)
        assert best[0] == pytest.approx(1.0, abs=2e-3)
        question = LexicalQuery(tuple(lexical_terms("supercalculateur exaflopique")))
        found, _ = generation.lexical.search(question, 1)
        assert (
            generation.store.passages_at(found.tolist())[int(found[0])] == (CALCUL.passages[1])
        )


def test_rows_follow_collection_path_and_place(tmp_path: Path) -> None:
    given = (
        entry("b.md", "Deux.", "Trois."),
        entry("a.md", "Un."),
        entry("z.md", "Zéro.", collection="avant"),
    )
    build(tmp_path, given)
    with open_generation(tmp_path) as generation:
        passages = generation.store.passages_at(range(4))
        texts = [passages[row].text for row in range(4)]
        assert texts == ["Zéro.", "Un.", "Deux.", "Trois."]
        ordinals = generation.tables.passages["document"].tolist()
        headers = [generation.store.header(ordinal) for ordinal in ordinals]
        assert [header.path for header in headers] == ["z.md", "a.md", "b.md", "b.md"]
        assert [header.ordinal for header in headers] == ordinals


def test_tables_say_what_sentences_are(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    with open_generation(tmp_path) as generation:
        tables = generation.tables
        numbers, bounds = tables.sentences_of(np.array([3, 2]))
        assert bounds.tolist() == [0, 1, 3]
        row = tables.sentences[numbers[2]]
        text = CYBER.document.text[row["start"] : row["end"]]
        assert text == "Il ouvre le 3 février 2026."
        assert Mention(int(row["mentions"])) & Mention.DATE
        stems = lexical_terms(text)
        assert row["n_terms"] == len(stems)
        ids = generation.vocabulary.ids(stems, ["2026-02-03"])
        assert set(tables.terms[slice(*tables.indptr[numbers[2] : numbers[2] + 2])]) >= set(ids)
        assert -1 not in ids
        date = generation.vocabulary.ids([], ["2026-02-03"])[0]
        assert generation.vocabulary.passage_counts[date] == 1
        assert generation.vocabulary.sentence_counts[date] == 1
        surfaces = generation.surfaces
        written = dict(zip(surfaces.words, surfaces.counts.tolist(), strict=True))
        assert written["supercalculateur"] == 2
        assert "jean" in written
        assert "Jean" not in written


def test_search_texts_are_searched_and_not_cited(tmp_path: Path) -> None:
    base = entry("t.md", "MAGRITTE | RAIDIUM")
    (passage,) = base.passages
    row = Sentence(0, 18, BlockKind.TABLE_ROW, "Projet : MAGRITTE ; Porteur : RAIDIUM")
    table = Entry(base.document, (replace(passage, sentences=(row,)),), base.stamp)
    embedder = CountingEmbedder()
    build(tmp_path, [table, CALCUL], embedder)
    searched = sentence_vector_text("Sans titre", passage, row)
    assert searched.endswith("Projet : MAGRITTE ; Porteur : RAIDIUM")
    assert searched in embedder.embedded
    with open_generation(tmp_path) as generation:
        question = LexicalQuery(tuple(lexical_terms("porteur")))
        rows, _ = generation.lexical.search(question, 5)
        found = generation.store.passages_at(rows.tolist())
        assert [one.text for one in found.values()] == ["MAGRITTE | RAIDIUM"]
    assert verify(tmp_path) == []


def test_nothing_is_embedded_twice(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    build(tmp_path, CORPUS, embedder)
    assert sorted(embedder.embedded) == sorted(set(embedder.embedded))
    embedder.embedded.clear()
    with open_generation(tmp_path) as previous:
        report = build(tmp_path, CORPUS, embedder, previous=previous)
        before = previous.passages.matrix.copy()
        sentences_before = previous.sentences.matrix.copy()
    assert embedder.embedded == []
    assert report.embedded == 0
    assert (report.unchanged, report.added, report.changed) == (2, 0, 0)
    with open_generation(tmp_path) as generation:
        assert np.array_equal(generation.passages.matrix, before)
        assert np.array_equal(generation.sentences.matrix, sentences_before)


def test_only_what_changed_is_embedded(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    build(tmp_path, CORPUS, embedder)
    embedder.embedded.clear()
    changed = entry(
        "cyber.md",
        CYBER.passages[0].text + " Entrée libre.",
        CYBER.passages[1].text,
        title="Cybersécurité",
        headings=("Agenda",),
    )
    moved = entry("ailleurs/calcul.md", *(p.text for p in CALCUL.passages), title="Calcul")
    new = entry("neuf.md", "Une phrase neuve.", title="Neuf")
    with open_generation(tmp_path) as previous:
        report = build(tmp_path, [new, changed, moved], embedder, previous=previous)
    (passage, _), (fresh,) = changed.passages, new.passages
    assert sorted(embedder.embedded) == sorted(
        [
            f"Cybersécurité — Agenda\n{passage.text}",
            sentence_vector_text("Cybersécurité", passage, passage.sentences[2]),
            "Neuf\nUne phrase neuve.",
            sentence_vector_text("Neuf", fresh, fresh.sentences[0]),
        ]
    )
    assert (report.added, report.changed, report.unchanged, report.removed) == (2, 1, 0, 1)
    assert verify(tmp_path) == []


def test_text_cut_out_again_keeps_its_sentences(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    build(tmp_path, [entry("a.md", "Un deux. Trois quatre.", "Cinq six.")], embedder)
    embedder.embedded.clear()
    with open_generation(tmp_path) as previous:
        again = entry("a.md", "Un deux.", "Trois quatre. Cinq six.")
        build(tmp_path, [again], embedder, previous=previous)
    assert sorted(embedder.embedded) == [
        "Sans titre\nTrois quatre. Cinq six.",
        "Sans titre\nUn deux.",
    ]


def test_a_repeated_sentence_is_embedded_once(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    repeating = entry("a.md", "Oui. Non. Oui.", "Oui. Enfin.")
    build(tmp_path, [repeating], embedder)
    passage = repeating.passages[0]
    yes = sentence_vector_text("Sans titre", passage, passage.sentences[0])
    assert embedder.embedded.count(yes) == 1
    with open_generation(tmp_path) as generation:
        matrix = generation.sentences.matrix
        assert np.array_equal(matrix[0], matrix[2])
        assert np.array_equal(matrix[0], matrix[3])
        assert not np.array_equal(matrix[0], matrix[1])


def test_another_model_embeds_all_anew(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    other = CountingEmbedder("other")
    with open_generation(tmp_path) as previous:
        report = build(tmp_path, CORPUS, other, previous=previous)
    assert len(other.embedded) == 9
    assert report.unchanged == 2


SHARED = (
    "Les agents publics doivent suivre une formation adaptée à leurs missions avant la "
    "fin de la période prévue par le plan national."
)


def test_copies_are_indexed_once_and_every_place_is_named(tmp_path: Path) -> None:
    first = entry("a.md", SHARED, "Rien d'autre.", title="Plan")
    second = entry("b.md", "Autre texte.", SHARED, title="Copie du plan")
    report = build(tmp_path, [second, first])
    assert (report.passages, report.duplicates) == (3, 1)
    with open_generation(tmp_path) as generation:
        ((row, (copy,)),) = generation.store.copies(range(3)).items()
        place = copy.place
        assert generation.store.passages_at([row])[row] == first.passages[0]
        assert (place.document_id, place.title) == (second.document.id, "Copie du plan")
        assert second.document.text[place.start : place.end] == SHARED
        assert generation.store.passages(second.document.id) == second.passages
    assert verify(tmp_path) == []


def test_a_copy_takes_the_place_of_its_removed_original(tmp_path: Path) -> None:
    first = entry("a.md", SHARED, title="Plan")
    second = entry("b.md", SHARED, title="Plan")
    embedder = CountingEmbedder()
    build(tmp_path, [first, second], embedder)
    embedder.embedded.clear()
    with open_generation(tmp_path) as previous:
        kept = second.document.id
        taken_over = Entry(
            previous.store.document(kept),
            previous.store.passages(kept),
            previous.store.source_stamps()[kept],
        )
        assert taken_over == second
        report = build(tmp_path, [taken_over], embedder, previous=previous)
    assert (report.passages, report.duplicates, report.removed) == (1, 0, 1)
    assert embedder.embedded == []
    with open_generation(tmp_path) as generation:
        assert generation.store.passages_at([0])[0] == second.passages[0]


def test_nothing_of_a_removed_document_is_left(tmp_path: Path) -> None:
    secret = entry("secret.md", "Le mot zyxwvut est secret.", title="Zyxwvut intime")
    build(tmp_path, [*CORPUS, secret])
    assert _holding(tmp_path, b"zyxwvut")
    with open_generation(tmp_path) as previous:
        build(tmp_path, CORPUS, previous=previous)
    assert _holding(tmp_path, b"zyxwvut") == []
    assert _holding(tmp_path, b"secret.md") == []
    assert len(IndexLayout(tmp_path).present()) == 1


def _holding(folder: Path, word: bytes) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and word in path.read_bytes().lower()
    ]


def test_an_empty_index_is_one(tmp_path: Path) -> None:
    report = build(tmp_path, [])
    assert (report.documents, report.passages) == (0, 0)
    with open_generation(tmp_path) as generation:
        assert generation.passages.search(np.ones(32, np.float32), 3)[0].tolist() == []
        assert generation.lexical.search(LexicalQuery(("a",)), 3)[0].tolist() == []
    assert verify(tmp_path) == []


def test_above_the_limit_the_index_is_a_graph(tmp_path: Path) -> None:
    texts = [f"Phrase numéro {number} du texte." for number in range(40)]
    build(tmp_path, [entry("a.md", *texts)], exact_passages=39)
    with open_generation(tmp_path) as generation:
        assert generation.manifest.vector_index == "hnsw"
        assert generation.passages.kind == "hnsw"
        for row in (0, 20, 39):
            found, _ = generation.passages.search(generation.passages.matrix[row], 1)
            assert found.tolist() == [row]
    assert verify(tmp_path) == []


def test_odd_names_and_texts_come_back(tmp_path: Path) -> None:
    odd = entry(
        "dossier é/\udce9t\udce9.md",
        "Un \x00 zéro et un 😀. Puis ﬁn.",
        title="Titre \ud800 «’»",
        collection="col % ? #",
        metadata=Metadata(title="", categories=("a", "é"), date="2026-01-01"),
    )
    folder = tmp_path / "index %20 ?é#"
    build(folder, [odd])
    with open_generation(folder) as generation:
        assert generation.store.document(odd.document.id) == odd.document
        assert generation.store.passages(odd.document.id) == odd.passages
        assert generation.manifest.collections == {"col % ? #": 1}
    assert verify(folder) == []


def test_two_documents_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="--collection"):
        build(tmp_path, [CYBER, CYBER])
    assert IndexLayout(tmp_path).present() == ()


def test_stages_come_in_order_and_end_complete(tmp_path: Path) -> None:
    seen: list[tuple[Stage, int, int]] = []
    build(tmp_path, CORPUS, observe=lambda *call: seen.append(call))
    stages = [stage for stage, *_ in seen]
    assert stages == sorted(stages, key=list(Stage).index)
    ends = {stage: (done, total) for stage, done, total in seen}
    assert ends == {
        Stage.STORED: (2, 2),
        Stage.ANALYSED: (4, 4),
        Stage.EMBEDDED: (9, 9),
        Stage.SEALED: (1, 1),
        Stage.PUBLISHED: (1, 1),
        Stage.CLEANED: (1, 1),
    }


def test_no_journal_is_left(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    (generation,) = IndexLayout(tmp_path).present()
    names = {path.name for path in generation.folder.iterdir()}
    assert not {name for name in names if name.startswith("store.sqlite-")}
    assert "passages.npy" not in names
    with sqlite3.connect(generation.store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_one_builder_at_a_time(tmp_path: Path) -> None:
    with (
        hold_build_lock(tmp_path),
        pytest.raises(IndexBusyError, match=str(os.getpid())),
        hold_build_lock(tmp_path),
    ):
        pass
    with hold_build_lock(tmp_path):
        pass


def test_vectors_that_are_not_unit_are_refused(tmp_path: Path) -> None:
    class Broken(CountingEmbedder):
        def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
            return super().embed_queries(texts) * np.float32("nan")

    build(tmp_path, [CYBER])
    with pytest.raises(IndexingError, match="modèle"):
        build(tmp_path, CORPUS, Broken())
    with open_generation(tmp_path) as generation:
        assert generation.manifest.documents == 1
    assert len(IndexLayout(tmp_path).present()) == 1


@pytest.mark.parametrize("at_stage", list(Stage)[:4])
def test_what_the_caller_raises_comes_through(tmp_path: Path, at_stage: Stage) -> None:
    build(tmp_path, [CYBER])

    def observe(stage: Stage, done: int, total: int) -> None:
        if stage is at_stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, CORPUS, observe=observe)
    assert len(IndexLayout(tmp_path).present()) == 1
    assert verify(tmp_path) == []
    with open_generation(tmp_path) as generation:
        assert generation.manifest.documents == 1


def test_an_interruption_after_publication_keeps_what_was_published(
    tmp_path: Path,
) -> None:
    build(tmp_path, [CYBER])

    def observe(stage: Stage, done: int, total: int) -> None:
        if stage is Stage.PUBLISHED:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, CORPUS, observe=observe)
    with open_generation(tmp_path) as generation:
        assert generation.manifest.documents == 2
    build(tmp_path, CORPUS)
    assert verify(tmp_path) == []


@pytest.mark.parametrize("below", ["", "plus/loin"])
def test_a_file_in_the_way(tmp_path: Path, below: str) -> None:
    (tmp_path / "fichier").write_text("x")
    with pytest.raises(IndexWriteError, match="--index"):
        build(tmp_path / "fichier" / below, CORPUS)
