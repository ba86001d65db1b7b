"""A model named on the Hugging Face hub, from the local hub cache or fetched once."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from rag.embedding.offline import quietly
from rag.errors import ModelNotFoundError

_NAME = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?", re.ASCII)
_OTHER_RUNTIMES = ["onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.onnx", "*.gguf"]
_TORCH = "*.bin"


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
