"""The head for moves, fitted on the finished encoder: ``python -m pipelines.train.moves``.

What several lines of one turn do together is no linear reading of the turn's states, so this head
has a hidden layer. It takes the place of the linear one that helped to train the encoder.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

from cintel import models, runtime
from cintel.conversation import MOVES
from cintel.language.encoder import Encoder
from cintel.language.heads import WEIGHTS, beside, read_tensors
from pipelines.train import figures, rows, tasks
from pipelines.train.tasks import Example

Floats = NDArray[np.float32]

SHOWINGS, EPOCHS, BATCH = 20, 6, 256
"""Variants of a row, alone and with others; then passes over all of them."""

HIDDEN, RATE, DECAY, DROPOUT, SEED = 192, 2e-3, 0.05, 0.4, 0


def tabulate(encoder: Encoder, examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """What the head sees of each example, and what it should say, (n, moves)."""
    states = encoder.read([example.text for example in examples]).states
    wanted = np.zeros((len(examples), len(MOVES)), np.float32)
    for row, example in zip(wanted, examples, strict=True):
        said = example.targets["move"]
        row[list(said) if isinstance(said, tuple) else said] = 1.0
    return beside(states, [example.side for example in examples]), wanted


def fit(features: Floats, wanted: Floats) -> dict[str, Floats]:
    """Weights and biases of both layers, the scale of the features folded into the first."""
    torch.manual_seed(SEED)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    inputs, targets = torch.from_numpy((features - mean) / scale), torch.from_numpy(wanted)
    first, second = nn.Linear(features.shape[1], HIDDEN), nn.Linear(HIDDEN, wanted.shape[1])
    network = nn.Sequential(nn.Dropout(DROPOUT), first, nn.ReLU(), nn.Dropout(DROPOUT), second)
    _descend(network, inputs, targets)
    weight, bias, weight_2, bias_2 = (
        np.ascontiguousarray(value.detach().numpy().T)
        for value in (first.weight, first.bias, second.weight, second.bias)
    )
    weight = weight / scale[:, None]
    return {
        "hidden.weight": weight, "hidden.bias": bias - mean @ weight,
        "weight": weight_2, "bias": bias_2,
    }  # fmt: skip


def _descend(network: nn.Module, inputs: Tensor, targets: Tensor) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * (len(inputs) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    network.train()
    for _ in track(range(EPOCHS), "moves"):
        order = torch.randperm(len(inputs))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            part = order[start : start + BATCH]
            loss = functional.binary_cross_entropy_with_logits(network(inputs[part]), targets[part])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()


def outputs(head: dict[str, Floats], features: Floats) -> Floats:
    """Uncalibrated, (n, moves)."""
    hidden = np.maximum(features @ head["hidden.weight"] + head["hidden.bias"], 0)
    result: Floats = hidden @ head["weight"] + head["bias"]
    return result


def write(out: Path, head: dict[str, Floats], temperature: float) -> None:
    """Put the head in the place of the one before among the heads of a folder."""
    import json

    path = out / "heads.safetensors"
    about, tensors = read_tensors(path)
    about["move"] = {
        "labels": MOVES, "temperature": temperature, "thresholds": [0.5] * len(MOVES),
    }  # fmt: skip
    tensors |= {f"move.{name}": value for name, value in head.items()}
    halves = {key: np.ascontiguousarray(value, np.float16) for key, value in tensors.items()}
    path.write_bytes(save(halves, {"cintel": json.dumps(about)}))


def main() -> None:
    """Parse the command line, fit, calibrate and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="holds encoder and heads")
    arguments = parser.parse_args()
    runtime.prepare()
    everything = list(rows.own_moves())
    training = [row for row in everything if row.split == "train"]
    showings = tasks.Showings(training, tasks.label_names(training))
    shown = [
        example for number in range(SHOWINGS)
        for example in showings.each(random.Random(number), varied=number > 0)
    ]  # fmt: skip
    encoder = Encoder(models.resolve("minilm"), layers=arguments.out / "encoder.safetensors")
    head = fit(*tabulate(encoder, shown))
    dev = [showings.plain(row) for row in everything if row.split == "dev"]
    features, wanted = tabulate(encoder, dev)
    found, truth = outputs(head, features), wanted > 0
    temperature = figures.fit_temperature_of_several(found, truth)
    write(arguments.out, head, temperature)
    score = figures.macro_f1_of_several(truth, found > 0)
    print(f"moves  shown {len(shown)}  dev {len(dev)}  macro-F1 {score:.3f}  {temperature=:.2f}")


if __name__ == "__main__":
    main()
