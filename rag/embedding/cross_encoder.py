"""A cross-encoder of sentence-transformers as reranker: a local folder, or a hub name."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.embedding.offline import (
    hub_folder,
    looks_like_hub_name,
    quiet_transformers,
    quietly,
)
from rag.embedding.tokenizer import CHARACTERS_PER_TOKEN, encodable
from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.protocols import Reranker
from rag.settings import RerankingSettings

_BATCH_TOKENS: Final = 8192
"""Most tokens in one batch, padding included."""

_LONGEST: Final = 512
"""Tokens of a pair that are read, where the model does not say less."""

_HEAD: Final = "ForSequenceClassification"

_WAYS: Final = (
    "Sans réseau, trois possibilités : aucun reclassement (SOURCIER_RERANKING__MODEL vide, le "
    "défaut) ; le dossier d'un cross-encoder copié depuis une autre machine "
    "(SOURCIER_RERANKING__MODEL=/chemin/du/modele) ; le cache Hugging Face d'une autre "
    "machine, désigné par HF_HOME."
)


def open_reranker(settings: RerankingSettings) -> Reranker | None:
    """The reranker that the settings ask for; None where they ask for none.

    Raises:
        ModelNotFoundError: the model is neither a folder, nor reachable, or holds none.
        ModelCorruptError: it cannot be loaded, or is no cross-encoder.
    """
    if not settings.model:
        return None
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        return CrossEncoderReranker(folder)
    if not looks_like_hub_name(settings.model):
        raise ModelNotFoundError(
            f"Le dossier du modèle de reclassement {settings.model} n'existe pas. {_WAYS}"
        )
    try:
        return CrossEncoderReranker(hub_folder(settings.model))
    except ModelNotFoundError as error:
        raise ModelNotFoundError(
            f"Le modèle de reclassement « {settings.model} » n'est pas sur cette machine et "
            f"n'a pas pu être téléchargé. {_WAYS}"
        ) from error


class CrossEncoderReranker:
    """A cross-encoder run by PyTorch, on CUDA where it is there; safe among threads.

    Args:
        folder: the model's folder; nothing is looked for elsewhere.

    Raises:
        ModelNotFoundError: the folder holds no model.
        ModelCorruptError: the model cannot be loaded, or gives no single score.
    """

    def __init__(self, folder: Path) -> None:
        _check(folder)
        self._folder = folder
        self._model = _load(folder)
        self._computing = threading.Lock()
        longest = min(int(self._model.max_seq_length or _LONGEST), _LONGEST)
        self._model.max_seq_length = longest
        self._characters = longest * CHARACTERS_PER_TOKEN
        self._batch = max(1, _BATCH_TOKENS // longest)
        self._raw = quietly("torch").nn.Identity()

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The model's logit for each text; shape ``(len(texts),)``, any real number.

        A model that gives something else than numbers is a `ModelCorruptError`.
        """
        if not texts:
            return np.empty(0, dtype=np.float32)
        asked = self._readable(question)
        pairs = [[asked, self._readable(text)] for text in texts]
        with self._computing:
            logits = self._model.predict(
                pairs,
                batch_size=self._batch,
                activation_fn=self._raw,
                show_progress_bar=False,
            )
        scores = np.asarray(logits, dtype=np.float32).reshape(len(texts))
        if not np.isfinite(scores).all():
            raise ModelCorruptError(
                f"Le modèle de reclassement {self._folder} donne des scores qui ne sont pas "
                "des nombres : ses poids sont abîmés. Copiez-le de nouveau."
            )
        return scores

    def _readable(self, text: str) -> str:
        return encodable(text[: self._characters])


def _check(folder: Path) -> None:
    """Refuse what sentence-transformers would load with a head of random weights."""
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except FileNotFoundError as error:
        raise ModelNotFoundError(
            f"Le dossier {folder} ne contient pas de modèle de reclassement : donnez le "
            "dossier d'un cross-encoder (config.json, model.safetensors, tokenizer.json…)."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelCorruptError(
            f"Le fichier {folder / 'config.json'} est illisible. Vérifiez que le dossier est "
            "complet et copiez-le de nouveau."
        ) from error
    architectures = config.get("architectures") if isinstance(config, dict) else None
    if not isinstance(architectures, list) or not any(
        isinstance(name, str) and name.endswith(_HEAD) for name in architectures
    ):
        raise ModelCorruptError(
            f"Le modèle {folder} n'est pas un cross-encoder : sa configuration n'annonce "
            f"aucune architecture « …{_HEAD} ». Donnez un modèle de reclassement "
            "(SOURCIER_RERANKING__MODEL), ou aucun."
        )


def _load(folder: Path) -> Any:  # noqa: ANN401
    library = quietly("sentence_transformers")
    quiet_transformers()
    try:
        model = library.CrossEncoder(str(folder), local_files_only=True)
        labels = int(model.num_labels)
    except Exception as error:
        # Whatever a damaged or foreign folder sets off inside three libraries.
        raise ModelCorruptError(
            f"Le modèle de reclassement {folder} ne peut pas être chargé par "
            f"sentence-transformers ({error}). Vérifiez que le dossier est complet et "
            "copiez-le de nouveau."
        ) from error
    if labels != 1:
        raise ModelCorruptError(
            f"Le modèle {folder} donne {labels} scores par passage ; un modèle de "
            "reclassement en donne un seul. Donnez-en un autre (SOURCIER_RERANKING__MODEL)."
        )
    return model
