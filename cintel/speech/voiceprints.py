"""The voices of known agents: what is kept of them, on file and in comparison.

A voiceprint is a CAM++ embedding, 192 numbers of length one. It is kept only of agents who were
enrolled, in a file that only its owner may read, and nobody else is ever looked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from cintel import models
from cintel.errors import SettingsError

SCHEMA = "cintel.voices/1"
MODEL = "campplus"
DIMENSION = 192  # campplus.DIMENSION, without its torch
# Measured by benchmarks/voices.py on 22 voices in 35 calls: of 161 pairs of recordings of one
# voice none fell below this, of 2,569 pairs of two voices 0.2 % reached it. Those voices are
# synthetic and alike; real ones, of which there were few, stood at 0.62 at most for two people
# on the telephone and at 0.63 to 0.94 for one. A wrong name is worse than none.
THRESHOLD = 0.80
MARGIN = 0.05

Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """One agent's voice.

    Attributes:
        agent_id: as the metadata of calls names the agent.
        vector: (192,), of length one: the mean over recordings, each by its seconds.
        seconds: of speech that it was taken from.
        recordings: sha256 of each recording that it was taken from.
        updated: the last change, ISO 8601 date.
    """

    agent_id: str
    vector: Vector
    seconds: float
    recordings: tuple[str, ...]
    updated: str

    def joined(self, other: Voiceprint) -> Voiceprint:
        """The print of the same agent from the recordings of both, dated as the other."""
        pairs = zip(self.vector, other.vector, strict=True)
        mean = [self.seconds * mine + other.seconds * its for mine, its in pairs]
        return Voiceprint(
            self.agent_id, unit(mean), round(self.seconds + other.seconds, 3),
            (*self.recordings, *other.recordings), other.updated,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A speaker of a call who is an agent on file; ``similarity`` is the cosine, −1…1."""

    speaker: str
    agent_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Voiceprints:
    """All prints on file, one an agent, in order of their ids."""

    prints: tuple[Voiceprint, ...] = ()

    @property
    def fingerprint(self) -> str:
        """sha256 over what recognition goes by: ids and vectors."""
        text = repr([(item.agent_id, item.vector) for item in self.prints])
        return hashlib.sha256(text.encode()).hexdigest()

    def of(self, agent_id: str) -> Voiceprint | None:
        """An agent's print."""
        return next((item for item in self.prints if item.agent_id == agent_id), None)

    def put(self, print_: Voiceprint) -> Voiceprints:
        """With this print in place of the one that the agent has."""
        others = self.without(print_.agent_id).prints
        return Voiceprints(tuple(sorted((*others, print_), key=lambda item: item.agent_id)))

    def without(self, agent_id: str) -> Voiceprints:
        """Without the agent's print."""
        return Voiceprints(tuple(item for item in self.prints if item.agent_id != agent_id))

    def match(self, voices: Mapping[str, Vector]) -> list[Match]:
        """Which speakers of a call are agents on file, the surest first.

        A match is as close as ``THRESHOLD``, and ``MARGIN`` closer than the speaker is to any
        other agent and than any other speaker is to that agent. So nobody is two agents, no
        print has two speakers, and where it could be either it is nobody.

        Args:
            voices: vectors of length one by speaker.
        """
        import numpy as np

        if not voices or not self.prints:
            return []
        kept = np.array([item.vector for item in self.prints])
        cosine = np.array(list(voices.values())) @ kept.T
        found = []
        for (row, speaker), (column, item) in product(enumerate(voices), enumerate(self.prints)):
            rivals = (np.delete(cosine[row], column), np.delete(cosine[:, column], row))
            closest = max(rival.max(initial=-1.0) for rival in rivals)
            if cosine[row, column] >= max(THRESHOLD, closest + MARGIN):
                found.append(Match(speaker, item.agent_id, round(float(cosine[row, column]), 3)))
        return sorted(found, key=lambda item: -item.similarity)


def similarity(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of two vectors of length one."""
    return sum(mine * its for mine, its in zip(one, other, strict=True))


def unit(vector: Sequence[float]) -> Vector:
    """Scaled to length one, with six decimals."""
    length = similarity(vector, vector) ** 0.5
    return tuple(round(float(value) / length, 6) for value in vector)


def load(path: Path) -> Voiceprints:
    """Read what :func:`save` wrote.

    Raises:
        SettingsError: the file cannot be read, is no file of voiceprints, or its prints are of
            another embedding model, with which no voice can be compared.
    """
    remedy = "Name a file that `cintel voices enrol` wrote"
    fault = partial(SettingsError, path, remedy=remedy)
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise fault(f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise fault(f"is not JSON ({error})") from error
    schema = value.get("schema") if isinstance(value, dict) else None
    if schema != SCHEMA:
        raise fault(f"has schema {schema!r}, this version reads {SCHEMA!r}")
    if (value.get("model"), value.get("sha256")) != (MODEL, _weights()):
        raise SettingsError(
            path, f"holds voices of {value.get('model')!r}, {str(value.get('sha256'))[:12]};"
            f" this version compares {MODEL!r}, {_weights()[:12]}",
            "Enrol the agents again into a new file",
        )  # fmt: skip
    return _checked(value.get("agents"), path)


def _checked(agents: Any, path: Path) -> Voiceprints:
    from pydantic import TypeAdapter, ValidationError

    remedy = "Enrol the agents again into a new file"
    try:
        prints = TypeAdapter(tuple[Voiceprint, ...]).validate_python(agents)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("agents", *first["loc"]))
        raise SettingsError(path, f"field {place}: {first['msg']}", remedy) from error
    for item in prints:
        length = similarity(item.vector, item.vector) ** 0.5
        if len(item.vector) != DIMENSION or not abs(length - 1) < 0.001:
            fault = f"agent {item.agent_id}: vector is not {DIMENSION} numbers of length one"
            raise SettingsError(path, fault, remedy)
    return Voiceprints(tuple(sorted(prints, key=lambda item: item.agent_id)))


def save(voiceprints: Voiceprints, path: Path) -> None:
    """Write a file that only its owner may read; the old one stays whole until then.

    Raises:
        SettingsError: it cannot be written.
    """
    agents = [asdict(item) for item in voiceprints.prints]
    value = {"schema": SCHEMA, "model": MODEL, "sha256": _weights(), "agents": agents}
    target = path.resolve()
    try:
        # mkstemp makes its file with mode 0600.
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False)
        os.replace(draft, target)
    except OSError as error:
        fault = f"cannot be written ({error.strerror})"
        raise SettingsError(path, fault, "Name another file with --voices") from error


def _weights() -> str:
    return models.find(MODEL).sha256
