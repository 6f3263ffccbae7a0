"""The outputs that were trained with the encoder: sentiment, emotion, act, role, intent and more.

Each head is one matrix on the encoder's states, so reading it needs no torch. Its temperature was
fitted on dev rows, so a probability means what it says. Weights and their model card are in
``weights/`` beside this file; ``pipelines/train/`` makes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cintel.errors import ModelError

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).parent / "weights"
LINE_HEADS = ("sentiment", "emotion", "act", "intent")
"""The heads that label one line; role looks at all that a side says."""


@dataclass(frozen=True, slots=True)
class Head:
    """One classifier: ``(n, 2 d + 2)`` features to ``labels``.

    ``thresholds`` holds one number, or one a label where several labels may hold at once;
    ``hidden`` is weight and bias of a layer of rectified units before the outputs.
    """

    labels: tuple[str, ...]
    weight: Vectors
    bias: Vectors
    temperature: float
    thresholds: tuple[float, ...]
    hidden: tuple[Vectors, Vectors] | None = None

    def logits(self, features: Vectors) -> Vectors:
        """Calibrated log-odds up to a constant, shape ``(n, len(labels))``."""
        if self.hidden is not None:
            weight, bias = self.hidden
            features = np.maximum(features @ weight + bias, 0)
        result: Vectors = (features @ self.weight + self.bias) / self.temperature
        return result

    def evidence(self, features: Vectors) -> Vectors:
        """How much speaks for any label at all, shape ``(n,)``: the log of the summed odds.

        It tells what is none of the labels better than the chance of the best one does, which
        forgets how weak they all are (Liu, Wang, Owens and Li, 2020, there as negative energy).
        """
        outputs = self.logits(features) * self.temperature
        result: Vectors = np.logaddexp.reduce(outputs, axis=1)
        return result

    def probabilities(self, features: Vectors) -> Vectors:
        """Rows that sum to one, shape ``(n, len(labels))``."""
        logits = self.logits(features)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: Vectors = odds / odds.sum(axis=1, keepdims=True)
        return result


class Heads:
    """All heads, loaded once."""

    def __init__(self, classifiers: dict[str, Head]) -> None:
        self.labels = {name: head.labels for name, head in classifiers.items()}
        self._classifiers = classifiers

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> Heads:
        """Read the heads of a folder; the default is the set that ships with the package.

        Raises:
            ModelError: a file of the set is missing or unreadable.
        """
        return cls(read_classifiers(folder))

    def predict(self, states: Vectors, roles: Sequence[str] = ()) -> dict[str, Vectors]:
        """Calibrated probabilities of every line head.

        Args:
            states: of `Encoder.read`, shape ``(n, 2 d)``.
            roles: ``agent``, ``customer`` or anything else for not known, one a row; none at all
                means that no role is known.

        Returns:
            For each of `LINE_HEADS` an array ``(n, len(labels[head]))``.
        """
        return predict_lines(self._classifiers, states, roles)

    def moves(self, states: Vectors, roles: Sequence[str]) -> Vectors:
        """The calibrated chance of each move, shape ``(n, len(labels["move"]))``; several may hold.

        Args:
            states, roles: as for `predict`.
        """
        odds = np.exp(-self._classifiers["move"].logits(beside(states, roles)))
        chances: Vectors = np.reciprocal(1 + odds)
        return chances

    def threshold(self, name: str) -> float:
        """The probability below which the best label of a head should not be shown."""
        return self._classifiers[name].thresholds[0]

    def role_logits(self, states: Vectors) -> Vectors:
        """Log-odds that an agent rather than a customer said each line, shape ``(n,)``.

        Of two speakers, the agent is the one with the larger sum over all lines. Compare sums:
        short lines that either side may say lean to the customer.
        """
        logits = self._classifiers["role"].logits(beside(states, ()))
        agent = self.labels["role"].index("agent")
        result: Vectors = logits[:, agent] - logits[:, 1 - agent]
        return result


@cache
def fingerprint(folder: Path = WEIGHTS) -> str:
    """sha256 over the weights of a folder, in hexadecimal: it changes when any head does."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_classifiers(folder: Path) -> dict[str, Head]:
    """The classifiers of a folder, by name."""
    about, tensors = read_tensors(folder / "heads.safetensors")
    return {
        name: Head(
            labels=tuple(said["labels"]),
            weight=tensors[f"{name}.weight"],
            bias=tensors[f"{name}.bias"],
            temperature=said["temperature"],
            thresholds=tuple(said["thresholds"]),
            hidden=_hidden(tensors, name),
        )
        for name, said in about.items()
    }


def _hidden(tensors: dict[str, Vectors], name: str) -> tuple[Vectors, Vectors] | None:
    if f"{name}.hidden.weight" not in tensors:
        return None
    return tensors[f"{name}.hidden.weight"], tensors[f"{name}.hidden.bias"]


def predict_lines(
    classifiers: dict[str, Head], states: Vectors, roles: Sequence[str]
) -> dict[str, Vectors]:
    """What `Heads.predict` returns, from the classifiers alone."""
    features = beside(states, roles)
    return {name: classifiers[name].probabilities(features) for name in LINE_HEADS}


def beside(states: Vectors, roles: Sequence[str]) -> Vectors:
    """The inputs of a head: the states, and who speaks in two columns, zeros if not known."""
    sides = np.zeros((len(states), 2), dtype=np.float32)
    for row, role in enumerate(roles):
        if role in ("agent", "customer"):
            sides[row, int(role == "customer")] = 1.0
    return np.hstack([states, sides])


def read_tensors(path: Path) -> tuple[dict[str, Any], dict[str, Vectors]]:
    """What a weights file says about itself, and its tensors.

    Raises:
        ModelError: it is missing or unreadable.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads(file.metadata()["cintel"])
            return about, {key: file.get_tensor(key).astype(np.float32) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise ModelError(path, f"cannot be read ({error})", "Reinstall cintel") from error
