"""Satisfaction and outcome of a conversation: ridge regression on rated helpdesk dialogues.

    python -m pipelines.train.satisfaction --data DIR [--out WEIGHTS]

Needs the trained encoder and heads, whose labels it reads; prints what five folds say.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel import models, runtime
from cintel.language.encoder import Encoder
from cintel.language.heads import WEIGHTS, Head, Vectors, predict_lines, read_classifiers
from cintel.language.satisfaction import Turns
from pipelines.train import rows
from pipelines.train.rows import RatedDialogue

Floats = NDArray[np.float32]

FOLDS = 5
STRENGTH = 2000.0
"""Ridge penalty, chosen by the out-of-fold Spearman correlation over 250, 500, … 8,000."""


def train(encoder: Encoder, dialogues: list[RatedDialogue], out: Path) -> None:
    """Fit one regression a fold and rating, write them all, print out-of-fold correlations."""
    from safetensors.numpy import save
    from scipy.stats import spearmanr

    features = tabulate(encoder, dialogues, read_classifiers(out))
    folds = fold_of(dialogues)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    scaled = (features - mean) / scale
    tensors: dict[str, Floats] = {"mean": mean, "scale": scale}
    about: dict[str, float | list[float]] = {}
    for name, ratings in ratings_of(dialogues).items():
        fitted = [ridge(scaled[folds != fold], ratings[folds != fold]) for fold in range(FOLDS)]
        weights = np.stack([weight for weight, _ in fitted], axis=1)
        bias = np.array([offset for _, offset in fitted], dtype=np.float32)
        predicted = (scaled @ weights + bias)[np.arange(len(folds)), folds]
        about[name] = round(float(np.sqrt(np.mean((predicted - ratings) ** 2))), 4)
        tensors |= {f"{name}.weights": weights, f"{name}.bias": bias}
        correlation = spearmanr(predicted, ratings).statistic
        print(f"{name}  {len(ratings)}  Spearman {correlation:.3f}  RMSE {about[name]:.3f}")
        if name == "accomplished":
            about["resolved"] = [round(value, 4) for value in outcome(predicted, ratings)]
    halves = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    (out / "satisfaction.safetensors").write_bytes(save(halves, {"cintel": json.dumps(about)}))


def ratings_of(dialogues: list[RatedDialogue]) -> dict[str, Floats]:
    """Mean ratings: satisfaction moved from -2…2 to 1…5, accomplishment as it is."""
    return {
        "satisfied": np.array([one.satisfaction + 3 for one in dialogues], dtype=np.float32),
        "accomplished": np.array([one.accomplished for one in dialogues], dtype=np.float32),
    }


def tabulate(
    encoder: Encoder, dialogues: list[RatedDialogue], classifiers: dict[str, Head]
) -> Vectors:
    """Features of every dialogue."""
    return np.stack(list(_features(encoder, dialogues, classifiers)))


def _features(
    encoder: Encoder, dialogues: list[RatedDialogue], classifiers: dict[str, Head]
) -> Iterator[Vectors]:
    texts = [text for dialogue in dialogues for text in dialogue.texts]
    vectors, states = encoder.read(texts)
    roles = [role for dialogue in dialogues for role in dialogue.roles]
    predictions = predict_lines(classifiers, states, roles)
    start = 0
    for dialogue in dialogues:
        part = slice(start, start + len(dialogue.texts))
        start = part.stop
        lines = {name: values[part] for name, values in predictions.items()}
        yield Turns.of(vectors[part], lines, dialogue.roles, dialogue.texts).features()


def outcome(predicted: Floats, rated: Floats) -> tuple[float, float]:
    """Slope and offset of the log-odds that most raters saw the task done (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit(predicted[:, None], rated > 0)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def fold_of(dialogues: list[RatedDialogue]) -> NDArray[np.int64]:
    """The fold in which each dialogue is left out, by a hash of its name."""
    return np.array([zlib.crc32(dialogue.id.encode()) % FOLDS for dialogue in dialogues])


def ridge(features: Vectors, ratings: Floats) -> tuple[Vectors, float]:
    """Weights and bias with the least squared error plus `STRENGTH` times the squared weights."""
    centre, level = features.mean(axis=0), float(ratings.mean())
    moved = (features - centre).astype(np.float64)
    square = moved.T @ moved + STRENGTH * np.eye(moved.shape[1])
    weights = np.linalg.solve(square, moved.T @ (ratings - level)).astype(np.float32)
    return weights, level - float(centre @ weights)


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="holds encoder and heads")
    arguments = parser.parse_args()
    runtime.prepare()
    layers = arguments.out / "encoder.safetensors"
    encoder = Encoder(models.resolve("minilm"), layers=layers)
    dialogues = list(rows.stc3(arguments.data / "stc3" / "train.jsonl"))
    train(encoder, dialogues, arguments.out)


if __name__ == "__main__":
    main()
