"""One digest for all that decides a model's vectors."""

import hashlib
import json
from pathlib import Path
from typing import Any

from rag.embedding.folders import file_digest, recorded_digests
from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.storage.disk_errors import refusal
from rag.storage.files import write_whole

_KEPT = "digests.json"
_SMALL = 1_000_000
_PATTERNS = (
    "*.safetensors",
    "*.bin",
    "*.json",
    "*/config.json",
    "*/*.safetensors",
    "*/*.bin",
    "*.model",
    "vocab.txt",
    "merges.txt",
)
_LEFT_OUT = frozenset({"checksums.json"})


def weights_digest(folder: Path, cache: Path) -> str:
    """``sha256:`` and a digest over the folder's weights, tokenizer and configuration.

    Digests of large files are taken from the folder's own ``checksums.json``, else kept in
    ``<cache>/digests.json`` by path, size and time of change.

    Raises:
        ModelNotFoundError: the folder holds no model.
        ModelCorruptError: a file cannot be read.
    """
    names = sorted(
        {
            path.relative_to(folder).as_posix()
            for pattern in _PATTERNS
            for path in folder.glob(pattern)
            if path.is_file()
        }
        - _LEFT_OUT
    )
    if not names:
        raise ModelNotFoundError(
            f"Le dossier {folder} ne contient pas de modèle : donnez un dossier "
            "sentence-transformers (modules.json, config.json, model.safetensors…)."
        )
    recorded = recorded_digests(folder)
    kept = _Kept(cache)
    lines = [f"{name} {recorded.get(name) or kept.digest(folder / name)}" for name in names]
    kept.save()
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _Kept:
    """Digests already computed; a cache, so whatever goes wrong with its file is no error."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / _KEPT
        self._entries = self._read()
        self._changed = False

    def digest(self, path: Path) -> str:
        try:
            status = path.stat()
            stamp = f"{status.st_size} {status.st_mtime_ns}"
            entry = self._entries.get(str(path.resolve()))
            if isinstance(entry, list) and len(entry) == 2 and entry[0] == stamp:
                return str(entry[1])
            digest = file_digest(path)
        except OSError as error:
            raise ModelCorruptError(
                f"Le fichier {path} du modèle est illisible ({refusal(error)}) : "
                "vérifiez ses droits ou copiez de nouveau le modèle."
            ) from error
        if status.st_size > _SMALL:
            self._entries[str(path.resolve())] = [stamp, digest]
            self._changed = True
        return digest

    def save(self) -> None:
        if not self._changed:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(self._entries), mode=0o600)
        except OSError:
            return

    def _read(self) -> dict[str, Any]:
        try:
            entries = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}
