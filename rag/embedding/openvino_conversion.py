"""From a PyTorch encoder to OpenVINO's representation, once for each set of weights.

The graph takes word embeddings, not ids (see `WordEmbeddings`), and holds the rest of the
encoder, the mean pooling and the L2 normalisation. This module imports torch and
transformers; nothing of what it makes needs them again.
"""

import warnings
from pathlib import Path
from typing import Any

import torch

from rag.embedding.model_folder import TOKENIZER_FILE, EncoderFolder
from rag.embedding.offline import quiet_transformers, quietly
from rag.embedding.unigram_tokenizer import save_unigram
from rag.errors import ModelCorruptError, ModelError

_TOKENS = 9


class _SentenceEncoder(torch.nn.Module):
    """Word embeddings and mask to unit vectors."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Shapes ``(n, tokens, hidden)`` and ``(n, tokens)`` to ``(n, hidden)``."""
        states = self.encoder(inputs_embeds=words, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(mean, dim=-1)


def convert(description: EncoderFolder, graph_file: Path) -> None:
    """Write the graph, and beside it the light tokenizer where there is one."""
    openvino = quietly("openvino")
    encoder = _load(description.path)
    words = torch.zeros(2, _TOKENS, description.dimensions)
    mask = torch.ones(2, _TOKENS, dtype=torch.int64)
    with warnings.catch_warnings(), torch.no_grad():
        # Tracing warns of each Python condition on shapes; the tests compare the vectors.
        warnings.simplefilter("ignore")
        graph = openvino.convert_model(
            _SentenceEncoder(encoder).eval(), example_input={"words": words, "mask": mask}
        )
    _save(openvino, graph, graph_file)
    save_unigram(graph_file.parent, description.path / TOKENIZER_FILE)


def _save(openvino: Any, graph: Any, graph_file: Path) -> None:  # noqa: ANN401
    """Write the graph and read it again, for a short write goes unreported."""
    try:
        openvino.save_model(graph, graph_file, compress_to_fp16=False)
        openvino.Core().read_model(graph_file)
    except RuntimeError as error:
        raise ModelError(
            f"Le modèle converti n'a pas pu être écrit dans {graph_file.parent.parent} : "
            "vérifiez la place libre (100 Mo) et les droits, ou choisissez un autre dossier "
            "avec SOURCIER_EMBEDDING__CACHE."
        ) from error


def _load(path: Path) -> Any:  # noqa: ANN401
    try:
        encoder = quiet_transformers().AutoModel.from_pretrained(
            path,
            local_files_only=True,
            dtype=torch.float32,
            attn_implementation="sdpa",
            add_pooling_layer=False,
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelCorruptError(
            f"Les poids du modèle {path} ne peuvent pas être chargés ({error}) : copiez de "
            "nouveau le modèle, ou supprimez ce dossier s'il est dans le cache."
        ) from error
    return encoder.eval()
