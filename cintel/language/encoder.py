"""The shared text encoder: a text is read once for its vector and for all its labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cintel import models
from cintel.errors import ModelError
from cintel.language.compiled import compiled
from cintel.runtime import prepare, thread_count

Floats = NDArray[np.float32]

MAX_TOKENS = 256
"""Longer texts are cut: the first 256 word pieces carry the label of a turn."""

TOKENS_PER_BATCH = 1024
LAYERS = Path(__file__).parent / "weights" / "encoder.safetensors"
"""The layers that `pipelines/train` fine-tuned; the words' own vectors are the base model's."""


class Encoded(NamedTuple):
    """What the encoder makes of ``n`` texts, in their order.

    Attributes:
        vectors: (n, d) sentence vectors of length one: the mean of the token states (Reimers and
            Gurevych, 2019). Likeness of meaning is their dot product.
        states: (n, 2 d) what the heads read: the first token's state and the mean.
    """

    vectors: Floats
    states: Floats


class Encoder:
    """A BERT-like sentence encoder, in 8-bit integers on a CPU and half precision on a GPU.

    Args:
        folder: holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``.
        device: ``cpu`` or ``cuda``.
        layers: weights over those of the folder; None takes the folder's own.
        threads: batches at once on a CPU; 0 takes all cores.

    Attributes:
        device: as given.
        dimensions: of a sentence vector.
        fingerprint: names the weights; vectors of another one's cannot be compared with these.

    Raises:
        ModelError: a file is missing from ``folder`` or is not a model.
    """

    def __init__(
        self, folder: Path, device: str = "cpu", layers: Path | None = LAYERS, threads: int = 0
    ) -> None:
        prepare()
        import ctranslate2
        from tokenizers import Tokenizer

        if not (folder / "tokenizer.json").is_file():
            raise ModelError(folder, "has no tokenizer.json", "Name a sentence encoder's folder")
        self.device = device
        self._lanes = thread_count(threads) if device == "cpu" else 1
        home = compiled(folder, layers, models.cache_folder().parent / "compiled", device)
        self.fingerprint = home.parent.name
        self._model: Any = ctranslate2.Encoder(
            str(home), device=device, inter_threads=self._lanes, intra_threads=1
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self.dimensions = int(np.shape(self._forward([[0]]))[1]) // 2

    def encode(self, texts: Sequence[str]) -> Floats:
        """The sentence vectors alone, (n, d)."""
        return self.read(texts).vectors

    def read(self, texts: Sequence[str]) -> Encoded:
        """Encode texts once for everything that is asked of them, in batches of like length."""
        tokens = [found.ids for found in self._tokenizer.encode_batch(list(texts))]
        batches = list(_batches([len(ids) for ids in tokens]))
        states = np.zeros((len(tokens), 2 * self.dimensions), np.float32)
        with ThreadPoolExecutor(self._lanes) as lanes:
            found = lanes.map(self._forward, [[tokens[i] for i in batch] for batch in batches])
            for batch, values in zip(batches, found, strict=True):
                states[batch] = values
        mean = states[:, self.dimensions :]
        return Encoded(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9), states)

    def _forward(self, tokens: list[list[int]]) -> Floats:
        found = self._model.forward_batch(tokens).last_hidden_state
        if self.device != "cpu":
            import ctranslate2

            found = found.to(ctranslate2.DataType.float32).to_device(ctranslate2.Device.cpu)
        states = np.array(found, dtype=np.float32)
        lengths = np.array([len(ids) for ids in tokens])
        real = np.arange(states.shape[1]) < lengths[:, None]
        mean = (states * real[:, :, None]).sum(axis=1) / lengths[:, None]
        both: Floats = np.concatenate([states[:, 0], mean], axis=1)
        return both


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
