"""The reader: one encoder over question and passage, and what it tells of the passage.

The body is that of the bundled multilingual-e5-small; its word embeddings stay as they are
and are shared with it, so that only the body and the heads are learnt and shipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import gelu
from transformers import AutoModel

from rag.reader.graph import ROLES_AT
from rag.reader.sequences import ROLES

_WORDS = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader tells, as logits.

    ``units``: how much each unit belongs to the answer, against 0 for none, ``(n, units)``;
    ``passage``: whether the passage answers, ``(n,)``; ``span``: where the short answer
    starts and ends, ``(n, tokens, 2)``.
    """

    units: torch.Tensor
    passage: torch.Tensor
    span: torch.Tensor


class ReaderNetwork(nn.Module):
    """The body with three heads.

    What each token is (`ROLES`) is told below layer `ROLES_AT`: the layers under it read as
    the bundled model does, and cost no backward pass while they are frozen.

    Args:
        folder: the bundled model's folder.
        frozen: how many of the body's layers, from the first, stay as they are.
    """

    def __init__(self, folder: Path, frozen: int = ROLES_AT) -> None:
        super().__init__()
        body = AutoModel.from_pretrained(
            folder,
            local_files_only=True,
            add_pooling_layer=False,
            attn_implementation="sdpa",
            # A few passes over many questions leave nothing to be learnt by heart; without
            # dropout a processor has a fast attention, and takes half the time.
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.0,
        )
        self.embeddings = body.embeddings
        self.layers = body.encoder.layer
        self.embeddings.word_embeddings.weight.requires_grad = False
        for part in (self.embeddings, *self.layers[:frozen]) if frozen else ():
            part.requires_grad_(requires_grad=False)
        hidden = body.config.hidden_size
        # Zero: at first the body reads as it was taught to.
        self.roles = nn.Embedding(ROLES, hidden)
        nn.init.zeros_(self.roles.weight)
        self.unit = _Head(2 * hidden, hidden)
        self.passage = _Head(hidden, hidden)
        self.span = nn.Linear(hidden, 2)

    def learnt(self) -> dict[str, torch.Tensor]:
        """All that is learnt: every tensor but the word embeddings."""
        return {name: each for name, each in self.state_dict().items() if name != _WORDS}

    def take(self, learnt: Mapping[str, torch.Tensor]) -> None:
        """Go on from what `learnt` gave.

        Raises:
            RuntimeError: it is of another network; the message names the tensors.
        """
        self.load_state_dict({**learnt, _WORDS: self.embeddings.word_embeddings.weight})

    def forward(
        self, ids: torch.Tensor, roles: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor
    ) -> Reading:
        """Read ``(n, tokens)``; ``pool`` is ``(n, units, tokens)``, each row a mean."""
        states = self.embeddings(input_ids=ids)
        seen = mask.bool()[:, None, None, :]
        for number, layer in enumerate(self.layers):
            if number == ROLES_AT:
                states = states + self.roles(roles)
            states = layer(states, attention_mask=seen)
        first = states[:, :1]
        means = pool.to(states.dtype) @ states
        pairs = torch.cat([means, first.expand_as(means)], dim=-1)
        return Reading(self.unit(pairs), self.passage(first[:, 0]), self.span(states))


class _Head(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, hidden)
        self.outer = nn.Linear(hidden, 1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.outer(gelu(self.inner(values))).squeeze(-1)
        return logits
