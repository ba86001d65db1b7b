from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.bundled_model import prepare_bundled
from rag.errors import ModelCorruptError
from rag.protocols import ReaderPassage
from rag.reader.openvino_reader import WEIGHTS, OpenVinoReader, open_reader
from rag.settings import EmbeddingSettings, ReadingSettings, Settings
from rag.types import BlockKind

PARAGRAPH, ROW = BlockKind.PARAGRAPH, BlockKind.TABLE_ROW
CANTEEN = ReaderPassage(
    "Commune de Valbrun — Cantine scolaire",
    (
        ("La cantine accueille tous les élèves de l'école.", PARAGRAPH),
        ("Le repas coûte 3,20 € pour un enfant de la commune.", PARAGRAPH),
        ("Les menus sont affichés à l'entrée.", PARAGRAPH),
    ),
)
POOL = ReaderPassage(
    "Commune de Valbrun — Piscine",
    (
        ("La piscine est fermée du 1er au 15 septembre pour vidange.", PARAGRAPH),
        ("Le bonnet de bain est obligatoire.", PARAGRAPH),
    ),
)


@pytest.fixture(scope="module")
def reader() -> OpenVinoReader:
    opened = open_reader(ReadingSettings(), Settings().embedding)
    assert isinstance(opened, OpenVinoReader)
    return opened


def test_what_answers_is_told_from_what_does_not(reader: OpenVinoReader) -> None:
    canteen, pool = reader.read("Combien coûte un repas à la cantine ?", [CANTEEN, POOL])
    assert canteen.answers > pool.answers
    assert int(canteen.units.argmax()) == 1
    assert canteen.units[1] > pool.units.max()
    assert canteen.units.dtype == np.float32


def test_a_reading_does_not_depend_on_what_is_read_beside(reader: OpenVinoReader) -> None:
    question = "Quand la piscine est-elle fermée ?"
    alone = reader.read(question, [POOL])[0]
    beside = reader.read(question, [CANTEEN, POOL, CANTEEN])[1]
    # Batches of other shapes add up in another order, in bfloat16 where there is.
    np.testing.assert_allclose(alone.units, beside.units, atol=0.25)
    assert alone.answers == pytest.approx(beside.answers, abs=0.25)


def test_what_is_over_the_length_is_cut_off(reader: OpenVinoReader) -> None:
    long = ReaderPassage("Guide", tuple((f"Phrase {n} " * 30, PARAGRAPH) for n in range(9)))
    (told,) = reader.read("Que dit la phrase 8 ?", [long])
    assert told.units.shape == (9,)
    assert np.isfinite(told.units[0])
    assert np.isneginf(told.units[-1])


def test_any_string_is_read(reader: OpenVinoReader) -> None:
    passages = [
        ReaderPassage("", ()),
        ReaderPassage("\ud800", (("\udfff a | b", ROW), ("", PARAGRAPH))),
        ReaderPassage("x" * 5000, (("y" * 50_000, PARAGRAPH),)),
    ]
    faults = []
    for question in ("", "\ud800", "?" * 4000):
        told = reader.read(question, passages)
        if [len(each.units) for each in told] != [0, 2, 1]:
            faults.append(question)
        if not all(np.isfinite(each.answers) for each in told):
            faults.append(question)
    assert not faults
    assert reader.read("Qui ?", []) == ()


def test_nothing_is_opened_where_nothing_is_to_be_read() -> None:
    assert open_reader(ReadingSettings(passages=0), EmbeddingSettings()) is None


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    folder = prepare_bundled(Settings().embedding.cache.expanduser())
    weights = files("rag.reader").joinpath(WEIGHTS).read_bytes()
    for damaged in (b"", weights[:1000], b"x" * 1000):
        with pytest.raises(ModelCorruptError, match="lecteur"):
            OpenVinoReader(folder, damaged, tmp_path)
