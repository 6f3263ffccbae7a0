"""What a satisfaction prediction looks at: both sides' words, and how the customer felt when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cintel.language.heads import Vectors

LATE = 3.0
"""Exponent of a turn's position where its end counts more than its start."""


def conversation_features(
    vectors: Vectors, predictions: dict[str, Vectors], roles: Sequence[str], texts: Sequence[str]
) -> Vectors:
    """Features of one conversation for `Heads.satisfaction`.

    Args:
        vectors: one unit vector a turn, shape ``(n, d)``.
        predictions: what `Heads.predict` says of the same turns.
        roles, texts: one a turn; longer turns weigh more.

    Returns:
        Shape ``(3 d + 30,)``: mean vectors of the customer, of the customer late, of the agent;
        mean feelings, all and late; worst, best and change of sentiment; counts.

    Raises:
        ValueError: no turn has the role customer.
    """
    side = np.array(roles)
    if not (customer := side == "customer").any():
        raise ValueError("no turn has the role customer")
    words = np.array([len(text.split()) + 1 for text in texts], dtype=np.float32)
    late = (np.arange(1, len(texts) + 1, dtype=np.float32) / len(texts)) ** LATE
    weight = np.sqrt(words) * customer
    feelings = np.hstack([predictions["sentiment"], predictions["emotion"]])
    parts = (
        _mean(vectors, weight),
        _mean(vectors, weight * late),
        _mean(vectors, np.sqrt(words) * (side == "agent")),
        _mean(feelings, weight),
        _mean(feelings, weight * late),
        _course(predictions["sentiment"][customer]),
        _shape(customer, side == "agent", words),
    )
    return np.concatenate(parts).astype(np.float32)


def _mean(values: Vectors, weight: NDArray[np.float32]) -> Vectors:
    total = float(weight.sum())
    result: Vectors = weight @ values / total if total else np.zeros(values.shape[1], np.float32)
    return result


def _course(sentiment: Vectors) -> Vectors:
    """Worst and best customer turn, and last minus first; columns are negative … positive."""
    score = sentiment[:, -1] - sentiment[:, 0]
    return np.array([score.min(), score.max(), score[-1] - score[0]], dtype=np.float32)


def _shape(
    customer: NDArray[np.bool_], agent: NDArray[np.bool_], words: NDArray[np.float32]
) -> Vectors:
    share = float((words * agent).sum() / words.sum())
    return np.array([np.log1p(customer.sum()), share, float(customer[-1])], dtype=np.float32)
