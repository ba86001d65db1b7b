"""A sentence-transformers folder, without loading the model: what it says, and its digest."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from rag.embedding.model_cache import CHECKSUMS, file_digest, recorded_digests
from rag.embedding.safetensors_file import TensorPlace, tensor_places
from rag.errors import ModelCorruptError, ModelError, ModelNotFoundError
from rag.storage.disk_errors import refusal
from rag.storage.files import write_whole

WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
_WORDS = "embeddings.word_embeddings.weight"
_ENCODERS = frozenset({"bert", "roberta", "xlm-roberta", "camembert"})
_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_PASSAGE_NAMES = ("passage", "document")
_DIGESTS = "digests.json"
_STAMPED_DIGESTS: Final = TypeAdapter(dict[str, tuple[str, str]])
_SMALL = 1_000_000
"""Bytes; a smaller file is read each time."""
_IDENTIFYING = (
    *("*.safetensors", "*.bin", "*.json", "*/config.json", "*/*.safetensors", "*/*.bin"),
    *("*.model", "vocab.txt", "merges.txt"),
)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model wants before a question and before a passage; often empty."""

    query: str
    passage: str

    @classmethod
    def among(cls, named: dict[str, str]) -> "Prompts":
        """Those of the names that models use; an empty one counts as absent."""
        passage = next((named[name] for name in _PASSAGE_NAMES if named.get(name)), "")
        return cls(named.get("query") or "", passage)


@dataclass(frozen=True, slots=True)
class EncoderFolder:
    """A BERT-like encoder with mean pooling, as the OpenVINO runtime needs it.

    ``max_tokens`` counts special tokens and prompt; ``words`` is where the word
    embeddings lie in ``weights``, shape ``(vocabulary, hidden)``.
    """

    path: Path
    weights: Path
    words: TensorPlace
    pad: int
    max_tokens: int
    dimensions: int
    prompts: Prompts


def describe_encoder(folder: Path) -> EncoderFolder:
    """Read the folder's configuration.

    Raises:
        ModelError: it is another kind of model; the message names the other runtime.
        ModelCorruptError: a file that it must have cannot be read.
    """
    try:
        return _described(folder)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise ModelCorruptError(
            f"La configuration du modèle {folder} est incohérente : copiez de nouveau le "
            "modèle."
        ) from error


def runs_on_openvino(folder: Path) -> bool:
    """Whether the OpenVINO runtime can; reads a few small files."""
    try:
        describe_encoder(folder)
    except ModelError:
        return False
    return True


def _described(folder: Path) -> EncoderFolder:
    modules = [
        str(module["type"]).rsplit(".", 1)[-1] for module in _read(folder, "modules.json")
    ]
    if modules not in _MODULES:
        raise _unsupported(folder, "ses modules ne sont pas ceux d'un encodeur simple")
    config = _read(folder, "config.json")
    if config.get("model_type") not in _ENCODERS:
        raise _unsupported(folder, f"architecture « {config.get('model_type')} »")
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise _unsupported(folder, "positions relatives")
    if not _pools_by_mean(_read(folder, "1_Pooling/config.json")):
        raise _unsupported(folder, "l'agrégation n'est pas une moyenne")
    limits = _read(folder, "sentence_bert_config.json", optional=True)
    if limits.get("do_lower_case") or not (folder / TOKENIZER_FILE).is_file():
        raise _unsupported(folder, "son découpage en tokens n'est pas dans tokenizer.json")
    prompts = _read(folder, "config_sentence_transformers.json", optional=True).get("prompts")
    return EncoderFolder(
        path=folder,
        weights=folder / WEIGHTS_FILE,
        words=_words(folder, config),
        pad=int(config.get("pad_token_id") or 0),
        max_tokens=_max_tokens(config, limits),
        dimensions=int(config["hidden_size"]),
        prompts=Prompts.among(prompts or {}),
    )


def _words(folder: Path, config: dict[str, Any]) -> TensorPlace:
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise _unsupported(folder, f"ses poids ne sont pas dans {WEIGHTS_FILE}")
    found = [place for name, place in tensor_places(path).items() if name.endswith(_WORDS)]
    shape = (config.get("vocab_size"), config.get("hidden_size"))
    if len(found) != 1 or found[0].shape != shape:
        raise _unsupported(folder, "ses plongements de mots ne sont pas reconnus")
    return found[0]


def _pools_by_mean(pooling: dict[str, Any]) -> bool:
    if not pooling.get("include_prompt", True):
        return False
    if "pooling_mode" in pooling:
        return bool(pooling["pooling_mode"] == "mean")
    chosen = [name for name, value in pooling.items() if value is True and "mode" in name]
    return chosen == ["pooling_mode_mean_tokens"]


def _max_tokens(config: dict[str, Any], limits: dict[str, Any]) -> int:
    """Positions that exist; RoBERTa's kin number theirs from the padding id plus one."""
    positions = int(config["max_position_embeddings"])
    if config["model_type"] != "bert":
        positions -= int(config.get("pad_token_id") or 0) + 1
    wanted = limits.get("max_seq_length")
    return min(positions, int(wanted)) if wanted else positions


def _read(folder: Path, name: str, *, optional: bool = False) -> Any:  # noqa: ANN401
    path = folder / name
    if optional and not path.exists():
        return {}
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise _unsupported(folder, f"il n'a pas de fichier {name}") from None
    except (OSError, ValueError) as error:
        raise ModelCorruptError(
            f"Le fichier {path} du modèle est illisible : copiez de nouveau le modèle."
        ) from error


def _unsupported(folder: Path, reason: str) -> ModelError:
    return ModelError(
        f"Le modèle {folder} ne peut pas être exécuté par OpenVINO ({reason}). Choisissez "
        "SOURCIER_EMBEDDING__RUNTIME=sentence-transformers (ou auto)."
    )


def weights_digest(folder: Path, cache: Path) -> str:
    """``sha256:`` and a digest over the folder's weights, tokenizer and configuration.

    Digests of large files are taken from the folder's own ``checksums.json``, else kept in
    ``<cache>/digests.json`` by path, size and time of change.
    """
    names = sorted(
        {
            path.relative_to(folder).as_posix()
            for pattern in _IDENTIFYING
            for path in folder.glob(pattern)
            if path.is_file()
        }
        - {CHECKSUMS}
    )
    if not names:
        raise ModelNotFoundError(
            f"Le dossier {folder} ne contient pas de modèle : donnez un dossier "
            "sentence-transformers (modules.json, config.json, model.safetensors…)."
        )
    recorded = recorded_digests(folder)
    digests = _DigestCache(cache)
    lines = [f"{name} {recorded.get(name) or digests.digest(folder / name)}" for name in names]
    digests.save()
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _DigestCache:
    """Digests already computed; a cache, so whatever goes wrong with its file is no error."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / _DIGESTS
        self._entries = self._read()
        self._changed = False

    def digest(self, path: Path) -> str:
        try:
            status = path.stat()
            stamp = f"{status.st_size} {status.st_mtime_ns}"
            entry = self._entries.get(str(path.resolve()))
            if entry is not None and entry[0] == stamp:
                return entry[1]
            digest = file_digest(path)
        except OSError as error:
            raise ModelCorruptError(
                f"Le fichier {path} du modèle est illisible ({refusal(error)}) : "
                "vérifiez ses droits ou copiez de nouveau le modèle."
            ) from error
        if status.st_size > _SMALL:
            self._entries[str(path.resolve())] = stamp, digest
            self._changed = True
        return digest

    def save(self) -> None:
        if not self._changed:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(self._entries), mode=0o600)

    def _read(self) -> dict[str, tuple[str, str]]:
        try:
            return _STAMPED_DIGESTS.validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return {}
