"""Staying off the network: no telemetry of libraries, the hub's local cache first."""

import importlib
import logging
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from rag.errors import ModelNotFoundError

_NAME = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?", re.ASCII)
_OTHER_RUNTIMES = ["onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.onnx", "*.gguf"]
_TORCH = "*.bin"
_VARIABLES = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
}


def quietly(module: str) -> Any:  # noqa: ANN401
    """Import a library that would otherwise report its use over the network.

    openvino, transformers, sentence_transformers and huggingface_hub are imported this way
    and no other. Telemetry is then off for the whole process; other variables that the user
    has set are left alone.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    for name, value in _VARIABLES.items():
        os.environ.setdefault(name, value)
    # Importing openvino sends an event over the network from a thread of its own. It falls
    # back on a stub where its telemetry package cannot be imported.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    return importlib.import_module(module)


def quiet_transformers() -> Any:  # noqa: ANN401
    """The transformers library, without its progress bars and its warnings."""
    transformers = quietly("transformers")
    transformers.utils.logging.disable_progress_bar()
    for name in ("transformers", "sentence_transformers"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return transformers


def looks_like_hub_name(model: str) -> bool:
    """Whether the text has the form ``owner/name`` or ``name``."""
    return _NAME.fullmatch(model) is not None and not model.startswith((".", "-"))


def hub_folder(name: str) -> Path:
    """The model's folder in the hub cache; the network is used only where it is absent.

    Raises:
        ModelNotFoundError: it is not in the cache, and the hub cannot be reached or does
            not have it; the message names the offline ways.
    """
    hub = quietly("huggingface_hub")
    with suppress(Exception):
        here = Path(hub.snapshot_download(name, local_files_only=True))
        if _has_weights(here):
            return here
    try:
        return _fetched(hub, name)
    except Exception as error:
        # Errors of the hub's client, its HTTP library, sockets and the disk alike.
        raise _not_found(name, error) from error


def _fetched(hub: Any, name: str) -> Path:  # noqa: ANN401
    """Weights in safetensors if the model has them, else PyTorch's own."""
    folder = Path(hub.snapshot_download(name, ignore_patterns=[*_OTHER_RUNTIMES, _TORCH]))
    if _has_weights(folder):
        return folder
    return Path(hub.snapshot_download(name, ignore_patterns=_OTHER_RUNTIMES))


def _has_weights(folder: Path) -> bool:
    if not (folder / "config.json").is_file():
        return False
    return any(any(folder.glob(pattern)) for pattern in ("*.safetensors", _TORCH))


def _not_found(name: str, error: Exception) -> ModelNotFoundError:
    return ModelNotFoundError(
        f"Le modèle « {name} » n'est pas sur cette machine et n'a pas pu être téléchargé "
        f"({type(error).__name__}). Sans réseau, trois possibilités : le modèle fourni "
        "(SOURCIER_EMBEDDING__MODEL=bundled) ; un dossier sentence-transformers copié "
        "depuis une autre machine (SOURCIER_EMBEDDING__MODEL=/chemin/du/modele) ; le cache "
        "Hugging Face d'une autre machine, désigné par HF_HOME."
    )
