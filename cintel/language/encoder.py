"""The shared text encoder: sentences to unit vectors, in batches of like length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cintel.errors import ModelError
from cintel.runtime import prepare

MAX_TOKENS = 256
"""Longer texts are cut: the first 256 word pieces carry the label of a turn."""

TOKENS_PER_BATCH = 4096


class Encoder:
    """A BERT-like sentence encoder read from a local folder.

    The folder holds `config.json`, `model.safetensors` and `tokenizer.json`. A sentence vector is
    the mean of its token states, scaled to length one (Reimers and Gurevych, 2019).
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """Load the network once.

        Raises:
            ModelError: a file is missing from `folder` or is not a model.
        """
        prepare()
        from tokenizers import Tokenizer
        from transformers import AutoModel
        from transformers.utils.logging import disable_progress_bar

        # A bar for a load of a tenth of a second would break into the caller's own progress.
        disable_progress_bar()  # type: ignore[no-untyped-call]
        if not (folder / "tokenizer.json").is_file():
            raise ModelError(folder, "has no tokenizer.json", "Name a sentence encoder's folder")
        try:
            self._model: Any = AutoModel.from_pretrained(folder).to(device).eval()
        except (OSError, ValueError) as error:
            raise ModelError(folder, f"is no text encoder ({error})", "Name another one") from error
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self.device = device
        self.dimensions = int(self._model.config.hidden_size)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of shape `(len(texts), dimensions)`, in the order of `texts`."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(tokens), self.dimensions), dtype=np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            vectors[batch] = self._forward([tokens[i] for i in batch])
        return vectors

    def _forward(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        import torch

        width = max(len(ids) for ids in tokens)
        ids = torch.zeros(len(tokens), width, dtype=torch.long)
        mask = torch.zeros(len(tokens), width, dtype=torch.long)
        for row, sequence in enumerate(tokens):
            ids[row, : len(sequence)] = torch.tensor(sequence)
            mask[row, : len(sequence)] = 1
        ids, mask = ids.to(self.device), mask.to(self.device)
        with torch.inference_mode():
            states = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
            weight = mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weight).sum(1) / weight.sum(1)
            unit = torch.nn.functional.normalize(mean.float(), dim=1)
        result: NDArray[np.float32] = unit.cpu().numpy()
        return result


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield indices from short to long so that a batch holds little padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[index] * (len(batch) + 1) > TOKENS_PER_BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
