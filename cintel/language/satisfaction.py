"""How satisfied a customer will say they were, whether the matter was put right, and why so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cintel.conversation import Csat, Pull
from cintel.language.heads import WEIGHTS, Vectors, read_tensors

LATE = 3.0
"""Exponent of a turn's position where its end counts more than its start."""

MARGIN = 0.5
"""A predicted satisfaction's confidence is the chance that it is off by at most this much."""

PULLS, LEAST_PULL = 3, 0.02
"""At most so many turns are named, if they move the prediction by so much at least."""


@dataclass(frozen=True, slots=True)
class Turns:
    """A conversation as the ratings see it, one row a turn.

    Attributes:
        vectors: unit vectors, (n, d).
        feelings: probabilities of each sentiment, negative to positive, then of each emotion.
        roles, texts: one a turn; longer turns weigh more.
    """

    vectors: Vectors
    feelings: Vectors
    roles: tuple[str, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(
        cls, vectors: Vectors, predicted: dict[str, Vectors], roles: Sequence[str],
        texts: Sequence[str],
    ) -> Turns:  # fmt: skip
        """From what `Heads.predict` says of the turns."""
        feelings = np.hstack([predicted["sentiment"], predicted["emotion"]])
        return cls(vectors, feelings, tuple(roles), tuple(texts))

    def features(self) -> Vectors:
        """Features for `Ratings`, shape (3 d + 30,).

        Mean vectors of the customer, of the customer late, of the agent; mean feelings, all and
        late; worst, best and change of sentiment; counts.

        Raises:
            ValueError: no turn has the role customer.
        """
        side = np.array(self.roles)
        if not (customer := side == "customer").any():
            raise ValueError("no turn has the role customer")
        words = np.array([len(text.split()) + 1 for text in self.texts], dtype=np.float32)
        late = (np.arange(1, len(words) + 1, dtype=np.float32) / len(words)) ** LATE
        weight = np.sqrt(words) * customer
        parts = (
            _mean(self.vectors, weight),
            _mean(self.vectors, weight * late),
            _mean(self.vectors, np.sqrt(words) * (side == "agent")),
            _mean(self.feelings, weight),
            _mean(self.feelings, weight * late),
            _course(self.feelings[customer]),
            _shape(customer, side == "agent", words),
        )
        return np.concatenate(parts).astype(np.float32)

    def without(self, turn: int) -> Turns:
        """The same conversation had this never been said."""
        kept = [index for index in range(len(self.roles)) if index != turn]
        return Turns(
            self.vectors[kept],
            self.feelings[kept],
            tuple(self.roles[index] for index in kept),
            tuple(self.texts[index] for index in kept),
        )


@dataclass(frozen=True, slots=True)
class Regression:
    """Ridge regressions, one a fold, (features, folds); where they differ one is less sure."""

    weights: Vectors
    bias: Vectors
    error: float

    def predict(self, scaled: Vectors) -> tuple[float, float]:
        """The mean over folds, and its standard deviation."""
        scores = scaled @ self.weights + self.bias
        return float(scores.mean()), math.hypot(self.error, float(scores.std()))


@dataclass(frozen=True, slots=True)
class Ratings:
    """What people who rated helpdesk dialogues would have said of a conversation.

    Attributes:
        satisfied: the customer's satisfaction, 1…5.
        accomplished: whether the customer's task was, −2…2.
        resolved: slope and offset of the log-odds, over that rating, that most people say so.
    """

    mean: Vectors
    scale: Vectors
    satisfied: Regression
    accomplished: Regression
    resolved: tuple[float, float]

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> Ratings:
        """Read them from a folder; the default is the set that ships with the package.

        Raises:
            ModelError: the file is missing or unreadable.
        """
        about, tensors = read_tensors(folder / "satisfaction.safetensors")
        satisfied, accomplished = (
            Regression(tensors[f"{name}.weights"], tensors[f"{name}.bias"], about[name])
            for name in ("satisfied", "accomplished")
        )
        slope, offset = about["resolved"]
        return cls(tensors["mean"], tensors["scale"], satisfied, accomplished, (slope, offset))

    def rate(self, turns: Turns) -> Csat:
        """Predict, and find the turns that the prediction rests on.

        Raises:
            ValueError: no turn has the role customer.
        """
        scaled = (turns.features() - self.mean) / self.scale
        predicted, deviation = self.satisfied.predict(scaled)
        done, _ = self.accomplished.predict(scaled)
        slope, offset = self.resolved
        return Csat(
            predicted=round(min(max(predicted, 1.0), 5.0), 2),
            confidence=round(math.erf(MARGIN / (deviation * math.sqrt(2))), 3),
            resolved=round(1 / (1 + math.exp(-slope * done - offset)), 3),
            pulls=tuple(self._pulls(turns, predicted)),
        )

    def _pulls(self, turns: Turns, predicted: float) -> Iterator[Pull]:
        customer = [index for index, role in enumerate(turns.roles) if role == "customer"]
        if len(customer) < 2:
            return
        others = np.stack([turns.without(index).features() for index in customer])
        scaled = (others - self.mean) / self.scale
        without = (scaled @ self.satisfied.weights + self.satisfied.bias).mean(axis=1)
        effects = predicted - without
        for place in np.argsort(-np.abs(effects), kind="stable")[:PULLS]:
            if abs(effects[place]) >= LEAST_PULL:
                yield Pull(customer[place], round(float(effects[place]), 2))


def _mean(values: Vectors, weight: NDArray[np.float32]) -> Vectors:
    total = float(weight.sum())
    result: Vectors = weight @ values / total if total else np.zeros(values.shape[1], np.float32)
    return result


def _course(feelings: Vectors) -> Vectors:
    """Worst and best customer turn, and last minus first, of positive less negative."""
    score = feelings[:, 2] - feelings[:, 0]
    return np.array([score.min(), score.max(), score[-1] - score[0]], dtype=np.float32)


def _shape(
    customer: NDArray[np.bool_], agent: NDArray[np.bool_], words: NDArray[np.float32]
) -> Vectors:
    share = float((words * agent).sum() / words.sum())
    return np.array([np.log1p(customer.sum()), share, float(customer[-1])], dtype=np.float32)
