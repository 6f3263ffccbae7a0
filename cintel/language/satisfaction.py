"""What a satisfaction prediction looks at: both sides' words, and how the customer felt when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cintel.language.heads import Vectors

LATE = 3.0
"""Exponent of a turn's position where its end counts more than its start."""


def conversation_features(
    vectors: Vectors,
    predictions: dict[str, Vectors],
    roles: Sequence[str],
    texts: Sequence[str],
) -> Vectors:
    """Features of one conversation for `Heads.satisfaction`.

    Args:
        vectors: one unit vector a turn, shape ``(n, d)``.
        predictions: what `Heads.predict` says of the same turns.
        roles: one a turn.
        texts: one a turn; longer turns weigh more.

    Returns:
        Shape ``(3 d + 30,)``: mean vector of the customer, of the customer's last turns and of
        the agent; sentiment and emotion means over all and late customer turns; the worst and
        best customer sentiment and the change over the conversation; counts and who ends it.

    Raises:
        ValueError: no turn has the role customer.
    """
    words = np.array([len(text.split()) + 1 for text in texts], dtype=np.float32)
    position = np.arange(1, len(texts) + 1, dtype=np.float32) / len(texts)
    customer = np.array([role == "customer" for role in roles])
    agent = np.array([role == "agent" for role in roles])
    if not customer.any():
        raise ValueError("a conversation without a customer turn has no customer satisfaction")
    weight = np.sqrt(words)
    late = weight * position**LATE
    feelings = np.hstack([predictions["sentiment"], predictions["emotion"]])
    return np.concatenate(
        [
            _mean(vectors, weight * customer),
            _mean(vectors, late * customer),
            _mean(vectors, weight * agent),
            _mean(feelings, weight * customer),
            _mean(feelings, late * customer),
            _course(predictions["sentiment"][customer]),
            _shape(customer, agent, words),
        ]
    ).astype(np.float32)


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
