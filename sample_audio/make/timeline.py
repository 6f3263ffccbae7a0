"""Lay the lines of a script on a clock: turns, holds, overtalk, silences, interruptions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sample_audio.make.dialogue import Hold, Line, Script

Span = tuple[float, float]

_LEAD = (0.4, 0.8)
_PAUSE = (0.25, 0.7)
_SAME_SPEAKER_PAUSE = (0.5, 0.9)
_TAIL = 0.8
_OVERTALK = 0.2
_SILENCE = 3.0
_YIELD = 1.0
_DEAD_AIR = 10.0


@dataclass(frozen=True)
class Turn:
    """A line with its times, in seconds from the start of the call."""

    line: Line
    start: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """The whole call. `holds` are (kind, start, end)."""

    turns: tuple[Turn, ...]
    holds: tuple[tuple[str, float, float], ...]
    seconds: float

    @property
    def overtalk(self) -> list[Span]:
        """Stretches of at least 0.2 s in which agent and customer both speak."""
        spans = []
        for agent in self._of("agent"):
            for customer in self._of("customer"):
                start, end = max(agent.start, customer.start), min(agent.end, customer.end)
                if end - start >= _OVERTALK:
                    spans.append((start, end))
        return sorted(spans)

    @property
    def silences(self) -> list[Span]:
        """Stretches of at least 3 s in which nobody speaks and nobody is on hold."""
        busy = sorted([(t.start, t.end) for t in self.turns] + [(s, e) for _, s, e in self.holds])
        spans, cursor = [], 0.0
        for start, end in [*busy, (self.seconds, self.seconds)]:
            if start - cursor >= _SILENCE:
                spans.append((cursor, start))
            cursor = max(cursor, end)
        return spans

    def interruptions(self, by: str) -> int:
        """Count turns of `by` that start while the other side speaks and stop it within 1 s."""
        other = self._of("customer" if by == "agent" else "agent")
        return sum(
            any(o.start < t.start < o.end <= min(t.start + _YIELD, t.end) for o in other)
            for t in self._of(by)
        )

    def _of(self, role: str) -> list[Turn]:
        return [turn for turn in self.turns if turn.line.role == role]


def lay(script: Script, lengths: Sequence[float]) -> Timeline:
    """Place every line, given the seconds each takes to say, in the order of `script.lines`.

    Pauses that the script leaves open are drawn from a generator seeded with the stem. Raises
    `ValueError` where a negative gap would put a turn before the start of the turn before it.
    """
    draw = random.Random(script.stem)
    seconds = iter(lengths)
    turns: list[Turn] = []
    holds: list[tuple[str, float, float]] = []
    cursor = 0.0
    for step in script.steps:
        if isinstance(step, Hold):
            start = round(cursor + 0.6, 3)
            cursor = round(start + step.seconds, 3)
            holds.append((step.kind, start, cursor))
            continue
        start = round(cursor + _gap(step, turns, draw), 3)
        if turns and start < turns[-1].start:
            raise ValueError(f"{script.stem}: gap {step.gap} is too long before {step.text!r}")
        turns.append(Turn(step, start, round(start + next(seconds), 3)))
        cursor = max(cursor, turns[-1].end)
    return Timeline(tuple(turns), tuple(holds), round(cursor + _TAIL, 3))


def check(script: Script, timeline: Timeline) -> None:
    """Raise `ValueError` where an answer of `script.qa` that follows from times is wrong."""
    computed = {
        "dead_air": all(end - start <= _DEAD_AIR for start, end in timeline.silences),
        "interruptions": timeline.interruptions("agent") <= 1,
    }
    for question, passed in computed.items():
        if (script.qa[question] == "yes") != passed:
            raise ValueError(f"{script.stem}: qa.{question} should be {'yes' if passed else 'no'}")
    if (script.qa["hold_permission"] == "na") != (not timeline.holds):
        raise ValueError(f"{script.stem}: qa.hold_permission is na exactly when there is no hold")


def _gap(line: Line, before: list[Turn], draw: random.Random) -> float:
    same = bool(before) and before[-1].line.role == line.role
    pause = draw.uniform(*(_SAME_SPEAKER_PAUSE if same else _PAUSE if before else _LEAD))
    return pause if line.gap is None else line.gap
