"""Train the encoder and all heads in one go: ``python -m pipelines.train.encoder --data DIR``.

One network, one loss: every batch mixes rows of all sets, each head learns from the rows that
have its label, and the sentence vectors are held to those of the base model. A checkpoint is
kept after each epoch; the same command goes on from it. Published test splits and the held-back
fifth of the own rows are never read here; dev rows are scored after each epoch and calibrate the
probabilities at the end.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress
from torch import Tensor
from torch.nn import functional
from transformers.utils.logging import disable_progress_bar

from cintel import models, runtime
from cintel.language.encoder import Encoder
from pipelines.train import tasks
from pipelines.train.network import SIDES, Network, parameter_groups
from pipelines.train.tasks import Example, Showings

EPOCHS = 7
BATCH = 48
LONGEST = 64
"""Word pieces; longer training rows are cut. Only one in a hundred is."""

RATE, HEAD_RATE, DECAY, WARM_UP = 2e-4, 2e-3, 0.01, 0.05
SMOOTHING = 0.05
LIKENESS = 1.0
"""What the distance from the base model's sentence vectors counts in the loss."""

SEED = 7
_MEGABATCH = 40


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples as tensors: token ids, mask, sides, and the base model's vectors."""

    examples: Sequence[Example]
    ids: Tensor
    mask: Tensor
    sides: Tensor
    likeness: Tensor


_NO_VECTOR = np.zeros(384, dtype=np.float16)


class Trainer:
    """A network in training.

    Args:
        base: the folder of the model that training starts from.
        showings: what to learn.
        labels: of every head.
        device: ``cpu`` or ``cuda``.
    """

    def __init__(
        self, base: Path, showings: Showings, labels: dict[str, tuple[str, ...]], device: str
    ) -> None:
        runtime.prepare()
        from tokenizers import Tokenizer

        torch.manual_seed(SEED)
        self.network = Network(base, {name: len(found) for name, found in labels.items()})
        self.network.to(device)
        self.labels = labels
        self._showings = showings
        self._device = device
        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()
        self._epochs = [showings.epoch(number, EPOCHS) for number in range(EPOCHS)]
        self._likeness = self._sentence_vectors(base)
        groups = parameter_groups(self.network, RATE, HEAD_RATE)
        self._optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
        total = sum(-(-len(epoch) // BATCH) for epoch in self._epochs)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: min(step / (WARM_UP * total), (total - step) / total)
        )

    def run(self, checkpoint: Path) -> Iterator[tuple[int, float]]:
        """Train epoch after epoch; yields its number and mean loss, and keeps a checkpoint."""
        for number in range(self._resume(checkpoint), EPOCHS):
            torch.manual_seed(SEED + number)
            yield number, self._epoch(number)
            state = {
                "epoch": number + 1,
                "network": self.network.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "schedule": self._schedule.state_dict(),
            }
            torch.save(state, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)

    def outputs(self, examples: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
        """Uncalibrated outputs of every head, (n, labels), in the order of the examples."""
        self.network.eval()
        found: dict[str, list[Tensor]] = {name: [] for name in self.labels}
        with torch.inference_mode():
            for batch in _pieces(examples, 256):
                tensors = self._batch(batch)
                for name, values in self._forward(tensors)[1].items():
                    found[name].append(values.float().cpu())
        return {name: torch.cat(values).numpy() for name, values in found.items()}

    def _sentence_vectors(self, base: Path) -> dict[str, NDArray[np.float16]]:
        """What the untrained encoder makes of every text that is shown more than once."""
        counts = Counter(example.text for example in itertools.chain(*self._epochs))
        texts = [text for text, count in counts.items() if count > 1]
        vectors = Encoder(base, self._device, layers=None).encode(texts).astype(np.float16)
        return dict(zip(texts, vectors, strict=True))

    def _resume(self, checkpoint: Path) -> int:
        if not checkpoint.is_file():
            return 0
        state = torch.load(checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        return int(state["epoch"])

    def _epoch(self, number: int) -> float:
        self.network.train()
        examples, losses = self._epochs[number], []
        with Progress() as progress:
            task = progress.add_task(f"epoch {number + 1} of {EPOCHS}", total=len(examples))
            for rows in _batches(examples, random.Random(SEED + number)):
                losses.append(self._step(self._batch(rows)))
                progress.advance(task, len(rows))
        return float(np.mean(losses))

    def _step(self, batch: Batch) -> float:
        mean, outputs = self._forward(batch)
        loss = sum(_head_loss(name, values, batch) for name, values in outputs.items())
        known = batch.likeness.abs().sum(1) > 0
        near = functional.cosine_similarity(mean.float(), batch.likeness, dim=1)
        loss = loss + LIKENESS * ((1 - near) * known).sum() / len(batch.examples)
        self._optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        return float(loss.detach())

    def _forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        # On a CPU without matrix units half precision is the slower one.
        with torch.autocast(self._device, torch.bfloat16, enabled=self._device == "cuda"):
            mean, outputs = self.network(batch.ids, batch.mask, batch.sides)
        return mean, {name: values.float() for name, values in outputs.items()}

    def _batch(self, examples: Sequence[Example]) -> Batch:
        tokens = [found.ids for found in self._tokenizer.encode_batch([e.text for e in examples])]
        width = max(map(len, tokens))
        ids = torch.zeros(len(tokens), width, dtype=torch.long)
        for row, sequence in zip(ids, tokens, strict=True):
            row[: len(sequence)] = torch.tensor(sequence)
        mask = torch.tensor([[1] * len(t) + [0] * (width - len(t)) for t in tokens])
        sides = torch.zeros(len(tokens), SIDES)
        for row, example in zip(sides, examples, strict=True):
            if example.side in tasks.SIDES:
                row[tasks.SIDES.index(example.side)] = 1.0
        vectors = [self._likeness.get(example.text, _NO_VECTOR) for example in examples]
        likeness = torch.from_numpy(np.stack(vectors)).float()
        moved = (tensor.to(self._device) for tensor in (ids, mask, sides, likeness))
        return Batch(examples, *moved)


def _pieces(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [values[start : start + size] for start in range(0, len(values), size)]


def _batches(examples: Sequence[Example], rng: random.Random) -> Iterator[Sequence[Example]]:
    """Batches of like length, in random order: a window of many batches is sorted at a time."""
    batches: list[Sequence[Example]] = []
    for window in _pieces(examples, BATCH * _MEGABATCH):
        ordered = sorted(window, key=lambda example: len(example.text))
        batches += _pieces(ordered, BATCH)
    rng.shuffle(batches)
    return iter(batches)


def _head_loss(name: str, values: Tensor, batch: Batch) -> Tensor:
    """Weighted mean over the whole batch, so that a rare head's rows do not count more."""
    rows = [index for index, example in enumerate(batch.examples) if name in example.targets]
    if not rows:
        return values.sum() * 0
    said = [batch.examples[index].targets[name] for index in rows]
    weights = torch.tensor([batch.examples[index].weights[name] for index in rows])
    losses = _losses(name, values[rows], said)
    return (losses * weights.to(losses)).sum() / len(batch.examples)


def _losses(name: str, values: Tensor, said: Sequence[Any]) -> Tensor:
    """Cross-entropy of each row; for several labels at once, the sum of the binary ones."""
    targets = torch.zeros_like(values)
    for row, label in zip(targets, said, strict=True):
        row[list(label) if isinstance(label, tuple) else label] = 1.0
    if name in tasks.SEVERAL:
        return functional.binary_cross_entropy_with_logits(values, targets, reduction="none").sum(1)
    empty = targets.sum(1, keepdim=True) == 0
    labels = values.shape[1]
    smooth = targets * (1 - SMOOTHING) + SMOOTHING / labels
    wanted = torch.where(empty, torch.full_like(targets, 1 / labels), smooth)
    return -(wanted * functional.log_softmax(values, dim=1)).sum(1)


def main() -> None:
    """Parse the command line, train, calibrate and write."""
    from pipelines.train import calibrate

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--work", type=Path, default=Path("train-work"), help="checkpoints")
    parser.add_argument("--out", type=Path, default=calibrate.WEIGHTS)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    runtime.use_threads(arguments.threads)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    arguments.work.mkdir(parents=True, exist_ok=True)
    everything = tasks.all_rows(arguments.data)
    training = [row for row in everything if row.split == "train"]
    dev = [row for row in everything if row.split == "dev"]
    labels = tasks.label_names(training)
    showings = Showings(training, labels)
    base = models.resolve("minilm")
    trainer = Trainer(base, showings, labels, runtime.pick_device(arguments.device))
    judged = [showings.plain(row) for row in calibrate.thinned(dev)]
    started = time.monotonic()
    for number, loss in trainer.run(arguments.work / "checkpoint.pt"):
        scores = calibrate.accuracies(trainer.outputs(judged), judged)
        shown = "  ".join(f"{name} {score:.3f}" for name, score in scores.items())
        minutes = (time.monotonic() - started) / 60
        print(f"epoch {number + 1}  {minutes:.0f} min  loss {loss:.3f}  {shown}", flush=True)
    calibrate.write(arguments.out, trainer, judged)


if __name__ == "__main__":
    main()
