"""The network that is trained: one encoder, a linear output a head, two readings of a text.

The mean of the token states stays what it was before training, a sentence vector for search,
examples and topics: a frozen copy of the base model's vectors is its target. What the labels
need beyond that gathers in the state of the first token. So a text is encoded once for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from transformers import BertModel

SIDES = 2
"""Columns beside the states: said by an agent, said by a customer; both zero if not known."""

DROPOUT = 0.1


class Network(nn.Module):
    """A BERT-like encoder and its heads.

    Args:
        folder: the base model, read by transformers.
        heads: how many labels each head has.
    """

    def __init__(self, folder: Path, heads: Mapping[str, int]) -> None:
        from transformers import AutoModel

        super().__init__()
        self.encoder: BertModel = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        # Half of all weights; they move little, and frozen ones need not be shipped.
        self.encoder.embeddings.requires_grad_(False)
        width = 2 * int(self.encoder.config.hidden_size)
        self.heads = nn.ModuleDict({name: nn.Linear(width + SIDES, n) for name, n in heads.items()})
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, ids: Tensor, mask: Tensor, sides: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Sentence means (n, d) and the outputs of every head, (n, labels).

        Args:
            ids: token ids, (n, time).
            mask: 1 where a token is, (n, time).
            sides: (n, SIDES).
        """
        import torch

        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        both = self.dropout(torch.cat([states[:, 0], mean], dim=1))
        known = torch.cat([both, sides.to(both.dtype)], dim=1)
        blind = torch.cat([both, torch.zeros_like(sides, dtype=both.dtype)], dim=1)
        # Who speaks is what the role head is to find out.
        outputs = {n: head(blind if n == "role" else known) for n, head in self.heads.items()}
        return mean, outputs

    def output(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weight (features, labels) and bias (labels,) of a head."""
        head = self.heads[name]
        assert isinstance(head, nn.Linear)
        weight: NDArray[np.float32] = head.weight.detach().cpu().numpy().T
        return weight, head.bias.detach().cpu().numpy()


def parameter_groups(
    network: Network, rate: float, head_rate: float
) -> Sequence[dict[str, object]]:
    """What the optimiser moves: the encoder slowly, the new outputs fast."""
    moved = [weight for weight in network.encoder.parameters() if weight.requires_grad]
    return (
        {"params": moved, "lr": rate},
        {"params": list(network.heads.parameters()), "lr": head_rate},
    )
