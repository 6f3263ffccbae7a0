"""What each head learns from which rows, how often, and as how spoken."""

from __future__ import annotations

import itertools
import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from cintel.conversation import MOVES, SENTIMENTS
from pipelines.train import noise, rows
from pipelines.train.rows import Row

EMOTIONS = (
    "neutral", "satisfaction", "gratitude", "empathy", "confusion", "anxiety", "disappointment",
    "frustration", "anger",
)  # fmt: skip
ACTS = (
    "inform", "question", "confirm", "disconfirm", "request", "instruct", "offer", "promise",
    "apology", "thanking", "greeting", "goodbye", "pausing", "feedback",
)  # fmt: skip
SEVERAL = ("ekman", "move")
"""Heads of which several labels may hold at once."""

SIDES = ("agent", "customer")
NAMED = ("banking77", "clinc150", "natcs")
"""Heads for a public set's own intents, named like the set."""

OUT_OF_SCOPE = "oos"

EPOCHS = {
    "own": 8.0, "examples": 5.0, "moves": 10.0, "banking77": 5.0, "clinc150": 3.0, "natcs": 9.0,
    "goemotions": 1.0, "sgd": 0.2, "stc3": 0.4,
}  # fmt: skip
"""How often a row of a source is seen; a share below one takes that many of its rows."""

WEIGHT = {
    "sentiment": {"own": 1.0, "goemotions": 0.1},
    "emotion": {"own": 1.0, "goemotions": 0.1},
    "act": {"own": 1.0, "sgd": 0.3},
    "role": {"own": 1.0, "examples": 0.2, "moves": 0.3, "sgd": 0.5, "stc3": 0.5},
    "intent": {
        "own": 1.0, "examples": 1.0, "natcs": 0.4, "banking77": 0.15, "clinc150": 0.15, "sgd": 0.1,
    },
    "ekman": {"goemotions": 1.0},
    "banking77": {"banking77": 1.0},
    "clinc150": {"clinc150": 1.0, "goemotions": 0.1},
    "natcs": {"natcs": 1.0},
    "move": {"moves": 1.0},
}  # fmt: skip
"""What a row counts in the loss of a head.

Comments from the web teach the head of `clinc150` what is none of its matters, beside the set's
own hundred such rows (outlier exposure: Hendrycks, Mazeika and Dietterich, 2019).
"""

OWN = ("own", "examples")
UNKNOWN_SIDE = 0.25
"""Share of the rows whose role is hidden from the heads, as it is before roles are told."""

AS_IT_IS, AS_SPOKEN, TOLD = 0.35, 0.35, 0.15
"""Shares of an own row's showings; the rest is as written. Told is for customers' intents."""

JOINED = 0.4
"""Share of the showings of a row with moves that are of several lines."""


@dataclass(frozen=True, slots=True)
class Example:
    """One showing of a row: its text as it is or varied, and what each head should say.

    A tuple names several labels at once; an empty one asks a head to prefer none.
    """

    text: str
    side: str
    targets: dict[str, int | tuple[int, ...]]
    weights: dict[str, float]
    source: str = field(default="", compare=False)


def all_rows(data: Path) -> list[Row]:
    """The rows of all sets and splits."""
    names = rows.intent_map()
    sources = (
        rows.own_turns(),
        rows.own_intents(),
        rows.own_moves(),
        rows.goemotions(data / "goemotions"),
        rows.sgd(data / "sgd", names["sgd"]),
        rows.natcs(data / "natcs", names["natcs"]),
        rows.banking77(data / "banking77", names["banking77"]),
        rows.clinc150(data / "clinc150", names["clinc150"]),
        rows.helpdesk_turns(data / "stc3" / "train.jsonl"),
    )
    return list(itertools.chain(*sources))


def label_names(training: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """The labels of every head that the rows teach, in the order of its outputs."""
    found: dict[str, set[str]] = {name: set() for name in ("intent", *NAMED)}
    fixed = {"sentiment": tuple(SENTIMENTS), "emotion": EMOTIONS, "act": ACTS, "role": SIDES}
    for row in training:
        if row.ekman:
            fixed["ekman"] = tuple(rows.EKMAN)
        if row.moves:
            fixed["move"] = MOVES
        if row.intent:
            found["intent"].add(row.intent)
        if row.named and row.named != OUT_OF_SCOPE:
            found[row.source].add(row.named)
    return fixed | {name: tuple(sorted(names)) for name, names in found.items() if names}


class Showings:
    """Turns rows into the examples of an epoch: the same for the same seed.

    Args:
        training: rows to learn from.
        labels: of every head, from `label_names`.
    """

    def __init__(self, training: Sequence[Row], labels: dict[str, tuple[str, ...]]) -> None:
        self._rows = training
        self._labels = labels
        self._asides = [row.text for row in training if spoken_aside(row)]
        self._movers = {
            side: [row for row in training if row.source == "moves" and row.role == side]
            for side in SIDES
        }
        self._balance = _balance(training)

    def epoch(self, number: int, of: int) -> list[Example]:
        """The examples of one of so many epochs, in random order."""
        rng = random.Random(1000 + number)
        shown = [
            self._show(row, rng, varied=number + turn > 0)
            for index, row in enumerate(self._rows)
            for turn in range(_showings(row, index, number, of))
        ]
        rng.shuffle(shown)
        return shown

    def each(self, rng: random.Random, varied: bool) -> Iterator[Example]:
        """Every row once, as it is or varied."""
        return (self._show(row, rng, varied) for row in self._rows)

    def plain(self, row: Row) -> Example:
        """A row as it is, for measuring."""
        return self._example(row, row.text, row.role)

    def _show(self, row: Row, rng: random.Random, varied: bool) -> Example:
        side = row.role if rng.random() > UNKNOWN_SIDE else "unknown"
        if row.source == "moves" and varied:
            return self._moved(row, rng, side)
        if row.source not in OWN or not varied:
            spoken = row.intent and row.source != "sgd" and rng.random() < 0.3
            return self._example(
                row, (noise.spoken(row.text, rng) if spoken else "") or row.text, side
            )
        chance = rng.random()
        if chance < TOLD and row.intent not in (None, "none") and row.role == "customer":
            told = noise.told(row.text, self._asides, rng)
            return self._example(replace(row, sentiment=None, emotion=None, act=None), told, side)
        if chance < TOLD + AS_SPOKEN:
            return self._example(row, noise.spoken(row.text, rng) or row.text, side)
        if chance < TOLD + AS_SPOKEN + AS_IT_IS:
            return self._example(row, row.text, side)
        return self._example(row, noise.written(row.text), side)

    def _moved(self, row: Row, rng: random.Random, side: str) -> Example:
        """Often with another line or two, as one turn of a call does several things."""
        parts = [row]
        if rng.random() < JOINED:
            parts += rng.sample(self._movers[row.role], min(2, len(self._movers[row.role])))
            parts = parts[: rng.choice((2, 2, 3))]
            rng.shuffle(parts)
        form: Callable[[str], str] = rng.choice(
            (str, noise.written, partial(noise.spoken, rng=rng))
        )
        text = " ".join(form(part.text) for part in parts)
        done = {move for part in parts for move in part.moves or ()}
        whole = replace(row, moves=tuple(move for move in MOVES if move in done))
        return self._example(whole, text.strip() or row.text, side)

    def _example(self, row: Row, text: str, side: str) -> Example:
        targets = dict(_targets(row, self._labels))
        weights = {head: WEIGHT[head][row.source] for head in targets}
        for head in ("intent", "role"):
            if head in weights:
                weights[head] *= self._balance[head, getattr(row, head)]
        return Example(text, side, targets, weights, row.source)


def _targets(
    row: Row, labels: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, int | tuple[int, ...]]]:
    for head in ("sentiment", "emotion", "act", "role", "intent"):
        label = getattr(row, head)
        if label in labels.get(head, ()) and row.source in WEIGHT[head]:
            yield head, labels[head].index(label)
    if row.named in labels.get(row.source, ()):
        yield row.source, labels[row.source].index(row.named)
    if row.ekman:
        yield "ekman", tuple(labels["ekman"].index(group) for group in row.ekman)
    if row.moves is not None:
        yield "move", tuple(labels["move"].index(move) for move in row.moves)
    if "clinc150" in labels and (row.ekman or row.named == OUT_OF_SCOPE):
        yield "clinc150", ()


def _showings(row: Row, index: int, number: int, of: int) -> int:
    """How often a row is seen in an epoch; shares are spread over epochs and rows."""
    whole = EPOCHS[row.source]
    if whole < 1:
        chosen = zlib.crc32((row.dialogue or row.text).encode()) % 1000 < 1000 * whole
        return int(chosen and index % of == number)
    phase = index * 0.618 % 1
    return int((number + 1) * whole / of + phase) - int(number * whole / of + phase)


def _balance(training: Iterable[Row]) -> dict[tuple[str, str], float]:
    """Weights that pull the labels of a head towards equal shares, by the root of the ratio."""
    weights: dict[tuple[str, str], float] = {}
    for head in ("intent", "role"):
        counts: Counter[str] = Counter()
        for row in training:
            if getattr(row, head) and row.source in WEIGHT[head]:
                share = WEIGHT[head][row.source] * EPOCHS[row.source]
                counts[getattr(row, head)] += share  # type: ignore[assignment]
        mean = sum(counts.values()) / max(len(counts), 1)
        weights |= {(head, name): (mean / count) ** 0.5 for name, count in counts.items()}
    return weights


def spoken_aside(row: Row) -> bool:
    """Whether a row is an own remark of a customer without an intent."""
    return row.source in OWN and row.role == "customer" and row.intent == "none"
