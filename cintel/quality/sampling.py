"""Which conversations people should see, why each, and how far the mean of the sample may be off.

Every conversation has a number drawn from its id and the day (permanent random numbers, Ohlsson
1995): the lowest are taken. So a day's list stays the same however often it is asked for, and
conversations that arrive meanwhile disturb it as little as can be.

The expected error is the standard error of a mean with the finite-population correction, of
stratified samples by their strata (Cochran 1977, sections 2.6 and 5.6), worked out from the
machine's scores of all candidates. It is of the kind that sampling makes; whether people agree
with the machine is another matter.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cintel.quality.risks import Candidate, Risk

STRATA: Mapping[str, Callable[[Candidate], str]] = {
    "queue": lambda item: item.queue or "no queue",
    "intent": lambda item: item.intent or "no intent",
    "score": lambda item: _band(item.score),
}
"""What a sample may be stratified by."""
NO_ESTIMATE = "Chosen for risk, not by chance: their mean says nothing about all conversations"
_BANDS = ((50.0, "below 50"), (75.0, "50 to 74"), (90.0, "75 to 89"))


@dataclass(frozen=True, slots=True)
class Pick:
    """A conversation to be seen, and why; ``done`` if somebody reviewed it on this very day."""

    conversation: str
    reason: str
    done: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A day's list.

    Attributes:
        picks: in order.
        candidates: how many conversations there were to choose from.
        error: expected standard error of the mean score in points, None where there is none.
        note: why there is none, or what the error is of.
    """

    picks: tuple[Pick, ...]
    candidates: int
    error: float | None
    note: str


def simple(candidates: Sequence[Candidate], size: int, day: date) -> Sample:
    """Every conversation has the same chance."""
    ready = _ready(candidates, day)
    picks = [_pick(item, "Drawn at random") for item in ready[:size]]
    return _sample(picks, {"": (ready, len(picks))})


def stratified(candidates: Sequence[Candidate], size: int, day: date, by: str) -> Sample:
    """As many from each stratum as its share of all, by largest remainders.

    ``by`` is a key of :data:`STRATA`.
    """
    strata = _grouped(_ready(candidates, day), STRATA[by])
    counts = _shares({name: len(items) for name, items in strata.items()}, size)
    picks = [
        _pick(item, f"{by.capitalize()}: {name}")
        for name, items in strata.items()
        for item in items[: counts[name]]
    ]
    return _sample(picks, {name: (items, counts[name]) for name, items in strata.items()})


def quota(candidates: Sequence[Candidate], each: int, day: date) -> Sample:
    """So many of each agent and week; conversations without agent or date are left out."""
    known = [item for item in candidates if item.agent and item.day]
    strata = _grouped(_ready(known, day), _agent_and_week)
    picks = [
        _pick(item, f"{name}: {place} of {min(each, len(items))}")
        for name, items in strata.items()
        for place, item in enumerate(items[:each], 1)
    ]
    return _sample(picks, {name: (items, min(each, len(items))) for name, items in strata.items()})


def riskiest(
    candidates: Sequence[Candidate], size: int, day: date, risks: Callable[[Candidate], list[Risk]]
) -> Sample:
    """Those with most points of risk first; among equals chance decides."""
    ready = _ready(candidates, day)
    found = [(item, risks(item)) for item in ready]
    found = [(item, told) for item, told in found if told]
    found.sort(key=lambda pair: -sum(risk.points for risk in pair[1]))
    picks = [_pick(item, "; ".join(risk.reason for risk in told)) for item, told in found[:size]]
    return Sample(tuple(picks), len(ready), None, NO_ESTIMATE)


def expected_error(strata: Sequence[tuple[Sequence[float], int]]) -> float | None:
    """The standard error of a mean of scores, each stratum weighted by its size.

    ``√(Σ (N_h ÷ N)² · (1 − n_h ÷ N_h) · S_h² ÷ n_h)`` with ``S_h²`` the variance of the scores of a
    stratum over ``N_h − 1``. None where a stratum has nobody in the sample, or nobody at all.

    Args:
        strata: the scores of all its candidates, and how many of them are drawn.
    """
    total = sum(len(scores) for scores, _ in strata)
    if not total or any(not drawn for _, drawn in strata):
        return None
    parts = (
        (len(scores) / total) ** 2 * (1 - drawn / len(scores)) * _variance(scores) / drawn
        for scores, drawn in strata
    )
    return math.sqrt(math.fsum(parts))


def _sample(picks: list[Pick], strata: Mapping[str, tuple[Sequence[Candidate], int]]) -> Sample:
    total = sum(len(items) for items, _ in strata.values())
    error = expected_error(
        [([item.score for item in items], drawn) for items, drawn in strata.values()]
    )
    empty = sum(not drawn for _, drawn in strata.values())
    note = "Standard error of the mean score, in points"
    if not total:
        note = "There is nothing to choose from"
    elif error is None:
        note = f"{empty} of {len(strata)} groups have nobody in the sample: take more"
    elif len(strata) > 1:
        note += ", groups weighted by their size"
    return Sample(tuple(picks), total, error, note)


def _variance(scores: Sequence[float]) -> float:
    if len(scores) < 2:
        return 0.0
    mean = math.fsum(scores) / len(scores)
    return math.fsum((score - mean) ** 2 for score in scores) / (len(scores) - 1)


def _ready(candidates: Sequence[Candidate], day: date) -> list[Candidate]:
    """Those that nobody reviewed before this day, in the order that chance gives them."""
    ready = [item for item in candidates if item.reviewed is None or item.reviewed >= day]
    return sorted(ready, key=lambda item: _number(item.conversation, day))


def _number(conversation: str, day: date) -> bytes:
    return hashlib.sha256(f"{day.isoformat()} {conversation}".encode()).digest()


def _pick(item: Candidate, reason: str) -> Pick:
    return Pick(item.conversation, reason, item.reviewed is not None)


def _grouped(
    items: Sequence[Candidate], key: Callable[[Candidate], str]
) -> dict[str, list[Candidate]]:
    groups: dict[str, list[Candidate]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return dict(sorted(groups.items()))


def _shares(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """``size`` divided in proportion; what is left over goes to the largest remainders."""
    total = sum(sizes.values())
    wanted = min(size, total)
    exact = {name: wanted * count / total for name, count in sizes.items()}
    counts = {name: int(value) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in order[: wanted - sum(counts.values())]:
        counts[name] += 1
    return counts


def _agent_and_week(item: Candidate) -> str:
    assert item.day is not None
    year, week, _ = item.day.isocalendar()
    return f"{item.agent}, week {week} of {year}"


def _band(score: float) -> str:
    return next((name for top, name in _BANDS if score < top), "90 and more")
