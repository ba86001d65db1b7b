"""From the settings to an embedder that works."""

from pathlib import Path

from rag.embedding.bundled_model import NAME, prepare_bundled
from rag.embedding.model_folder import runs_on_openvino
from rag.embedding.offline import hub_folder, looks_like_hub_name
from rag.embedding.openvino import OpenVinoEmbedder
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.errors import ModelNotFoundError
from rag.protocols import Embedder, Progress
from rag.settings import EmbeddingSettings

BUNDLED = "bundled"
_NVIDIA = (Path("/dev/nvidiactl"), Path("/proc/driver/nvidia"), Path("/dev/dxg"))


def open_embedder(settings: EmbeddingSettings, progress: Progress | None = None) -> Embedder:
    """The embedder that the settings ask for, prepared on first use.

    ``progress`` is called while the bundled model is prepared.

    Raises:
        ModelNotFoundError: the model is neither bundled, nor a folder, nor reachable.
        ModelCorruptError: its files cannot be used.
        ModelError: the cache cannot be written, or the runtime does not suit the model.
    """
    cache = settings.cache.expanduser()
    name, folder = _resolve(settings.model, cache, progress)
    if _runtime(settings, folder) == "openvino":
        return OpenVinoEmbedder(
            folder,
            cache,
            precision=settings.precision,
            batch_tokens=settings.batch_tokens,
            name=name,
        )
    return SentenceTransformerEmbedder(
        folder,
        cache,
        device="cuda" if _has_cuda() else "cpu",
        batch_tokens=settings.batch_tokens,
        name=name,
    )


def _resolve(model: str, cache: Path, progress: Progress | None) -> tuple[str, Path]:
    """The model's name and its folder."""
    if model == BUNDLED:
        return NAME, prepare_bundled(cache, progress)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder.resolve().name, folder
    if looks_like_hub_name(model):
        return model, hub_folder(model)
    raise ModelNotFoundError(
        f"Le dossier de modèle {model} n'existe pas. Donnez un dossier sentence-transformers, "
        f"un nom du hub comme intfloat/multilingual-e5-base, ou « {BUNDLED} » "
        "(SOURCIER_EMBEDDING__MODEL)."
    )


def _runtime(settings: EmbeddingSettings, folder: Path) -> str:
    if settings.runtime != "auto":
        return settings.runtime
    if _has_cuda() or not runs_on_openvino(folder):
        return "sentence-transformers"
    return "openvino"


def _has_cuda() -> bool:
    """Whether PyTorch can use a GPU; it is imported only where a driver is there."""
    if not any(path.exists() for path in _NVIDIA):
        return False
    import torch

    return torch.cuda.is_available()
