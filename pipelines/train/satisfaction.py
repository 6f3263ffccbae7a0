"""The satisfaction head: ridge regression on rated helpdesk dialogues, five folds."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel.language.encoder import Encoder
from cintel.language.heads import Head, Vectors, predict_lines, read_classifiers
from cintel.language.satisfaction import conversation_features
from pipelines.train.rows import RatedDialogue

FOLDS = 5
STRENGTH = 2000.0
"""Ridge penalty, chosen by the out-of-fold Spearman correlation over 250, 500, … 8,000."""


def train(encoder: Encoder, dialogues: list[RatedDialogue], out: Path) -> None:
    """Fit one regression a fold, write them all, print the out-of-fold correlation."""
    from safetensors.numpy import save
    from scipy.stats import spearmanr

    features, ratings = tabulate(encoder, dialogues, read_classifiers(out))
    folds = fold_of(dialogues)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    scaled = (features - mean) / scale
    fitted = [ridge(scaled[folds != fold], ratings[folds != fold]) for fold in range(FOLDS)]
    weights = np.stack([weight for weight, _ in fitted], axis=1)
    bias = np.array([offset for _, offset in fitted], dtype=np.float32)
    predicted = (scaled @ weights + bias)[np.arange(len(folds)), folds]
    error = float(np.sqrt(np.mean((predicted - ratings) ** 2)))
    tensors = {"mean": mean, "scale": scale, "weights": weights, "bias": bias}
    halves = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    content = save(halves, {"cintel": json.dumps({"error": round(error, 4)})})
    (out / "satisfaction.safetensors").write_bytes(content)
    correlation = spearmanr(predicted, ratings).statistic
    print(f"satisfaction  dialogues {len(ratings)}  Spearman {correlation:.3f}  RMSE {error:.3f}")


def tabulate(
    encoder: Encoder, dialogues: list[RatedDialogue], classifiers: dict[str, Head]
) -> tuple[Vectors, NDArray[np.float32]]:
    """Features of every dialogue, and its rating moved from -2…2 to 1…5."""
    ratings = np.array([dialogue.satisfaction + 3 for dialogue in dialogues], dtype=np.float32)
    return np.stack(list(_features(encoder, dialogues, classifiers))), ratings


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
        yield conversation_features(vectors[part], lines, dialogue.roles, dialogue.texts)


def fold_of(dialogues: list[RatedDialogue]) -> NDArray[np.int64]:
    """The fold in which each dialogue is left out, by a hash of its name."""
    return np.array([zlib.crc32(dialogue.id.encode()) % FOLDS for dialogue in dialogues])


def ridge(features: Vectors, ratings: NDArray[np.float32]) -> tuple[Vectors, float]:
    """Weights and bias with the least squared error plus `STRENGTH` times the squared weights."""
    centre, level = features.mean(axis=0), float(ratings.mean())
    moved = (features - centre).astype(np.float64)
    square = moved.T @ moved + STRENGTH * np.eye(moved.shape[1])
    weights = np.linalg.solve(square, moved.T @ (ratings - level)).astype(np.float32)
    return weights, level - float(centre @ weights)
