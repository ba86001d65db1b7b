from pathlib import Path

import numpy as np
import pytest

from rag.embedding.cross_encoder import CrossEncoderReranker, open_reranker
from rag.embedding.offline import quietly
from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.settings import RerankingSettings

WORDS = "quand ouvre le salon la donnée à paris bureau des cartes qui préside mairie ? ."
QUESTION = "Quand ouvre le salon ?"
TEXTS = ["Le salon ouvre à Paris.", "La mairie.", "Qui préside le bureau des cartes ? " * 3, ""]


def made(folder: Path, *, labels: int = 1, head: bool = True) -> Path:
    """A BERT of two layers with a toy vocabulary and fixed weights."""
    torch, transformers = quietly("torch"), quietly("transformers")
    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(WORDS.split())]
    vocabulary.write_text("\n".join(tokens), encoding="utf-8")
    transformers.BertTokenizerFast(
        vocab=str(vocabulary), strip_accents=False, model_max_length=32
    ).save_pretrained(folder)
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(tokens),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        num_labels=labels,
        initializer_range=1.0,
    )
    kind = transformers.BertForSequenceClassification if head else transformers.BertModel
    kind(config).eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(folder)


def test_a_logit_for_each_text(reranker: CrossEncoderReranker) -> None:
    scores = reranker.score(QUESTION, TEXTS)
    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert len(set(scores.tolist())) == 4
    assert reranker.score(QUESTION, []).shape == (0,)


def test_a_score_is_the_model_s_own_logit(reranker: CrossEncoderReranker, folder: Path) -> None:
    torch, transformers = quietly("torch"), quietly("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    expected = []
    for text in TEXTS:
        read = tokenizer(
            [QUESTION], [text], truncation=True, max_length=32, return_tensors="pt"
        )
        with torch.no_grad():
            expected.append(model(**read).logits.item())
    assert reranker.score(QUESTION, TEXTS).tolist() == pytest.approx(expected, abs=1e-4)


def test_a_score_depends_on_its_own_text_alone(reranker: CrossEncoderReranker) -> None:
    together = reranker.score(QUESTION, TEXTS * 100)
    assert together.reshape(100, 4) == pytest.approx(
        np.tile(reranker.score(QUESTION, TEXTS), (100, 1)), abs=1e-4
    )
    turned = reranker.score(QUESTION, TEXTS[::-1])
    assert turned[::-1] == pytest.approx(together[:4], abs=1e-4)
    alone = [reranker.score(QUESTION, [text]).item() for text in TEXTS]
    assert alone == pytest.approx(together[:4].tolist(), abs=1e-4)


@pytest.mark.parametrize("text", ["\ud800", "\x00", "salon " * 100_000, "🧾", "\n\n"])
def test_any_text_is_scored(reranker: CrossEncoderReranker, text: str) -> None:
    assert np.isfinite(reranker.score(text, [text, "salon"])).all()


def opened(model: str | Path) -> object:
    return open_reranker(RerankingSettings(model=str(model)))


def test_none_by_default() -> None:
    assert open_reranker(RerankingSettings()) is None


def test_a_folder_by_path(folder: Path) -> None:
    assert isinstance(opened(folder), CrossEncoderReranker)


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="n'existe pas"):
        opened(tmp_path / "rien")


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="ne contient pas"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "config", [b"{", b"[]", b"\xff", b"{}", b'{"architectures": [1]}', b"[" * 100_000]
)
def test_a_configuration_that_says_nothing(tmp_path: Path, config: bytes) -> None:
    (tmp_path / "config.json").write_bytes(config)
    with pytest.raises(ModelCorruptError):
        opened(tmp_path)


def test_a_model_without_a_head_is_not_given_a_random_one(tmp_path: Path) -> None:
    with pytest.raises(ModelCorruptError, match="n'est pas un cross-encoder"):
        opened(made(tmp_path / "headless", head=False))


def test_a_classifier_of_three_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(ModelCorruptError, match="3 scores"):
        opened(made(tmp_path / "three", labels=3))


def test_weights_cut_short(tmp_path: Path) -> None:
    folder = made(tmp_path / "short")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelCorruptError, match="ne peut pas être chargé"):
        opened(folder)


def test_weights_that_are_no_numbers(tmp_path: Path) -> None:
    folder = made(tmp_path / "spoilt")
    safetensors, torch = quietly("safetensors.torch"), quietly("torch")
    tensors = safetensors.load_file(folder / "model.safetensors")
    tensors["classifier.bias"] = torch.tensor([float("nan")])
    safetensors.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelCorruptError, match="pas des nombres"):
        CrossEncoderReranker(folder).score(QUESTION, TEXTS)


def test_a_hub_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(ModelNotFoundError) as caught:
        opened("nobody/no-such-reranker")
    message = str(caught.value)
    assert "nobody/no-such-reranker" in message
    for way in ("SOURCIER_RERANKING__MODEL", "copié depuis une autre machine", "HF_HOME"):
        assert way in message
    assert "EMBEDDING" not in message


def test_a_long_pair_is_cut_and_the_question_kept(reranker: CrossEncoderReranker) -> None:
    long = "la mairie " * 1000
    first, second = (
        reranker.score(question, [long]).item() for question in (QUESTION, "Qui préside ?")
    )
    assert first != second
