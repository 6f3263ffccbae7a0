"""Which matters are new and which grow, told apart from chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Signal = Literal["new", "rising"]

FEWEST = 5
"""Conversations of the recent days below which nothing is called rising."""

NEW = 3
"""Conversations from which a matter that nobody had before is called new."""

GROWTH = 1.25
"""How many times its earlier share a matter must have; in a large store a trifle is significant."""

CHANCE = 0.05
"""The share of false alarms among all that is called rising."""

_RECENT, _PARTS = 7, 4


def recent_days(days: int) -> int:
    """How many of the last days are compared with those before: a week, or a quarter if shorter."""
    return max(1, min(_RECENT, days // _PARTS))


def signals(
    recent: Mapping[str, int], earlier: Mapping[str, int], recent_total: int, earlier_total: int
) -> dict[str, Signal]:
    """The matters that are new or rising; all others are left out.

    *New*: no conversation earlier, at least `NEW` now. *Rising*: at least `FEWEST` now, a share of
    at least `GROWTH` times the earlier one, and Fisher's exact test, one-sided, finds the growth
    significant at a false discovery rate of `CHANCE` over all matters (Benjamini and Hochberg,
    1995). Where there was nothing earlier there is nothing to compare with, and no signal.

    Args:
        recent: conversations of the recent days by matter.
        earlier: conversations of all days before, by matter.
        recent_total: all conversations of the recent days, those without a matter included.
        earlier_total: all conversations before.
    """
    from scipy.stats import false_discovery_control

    matters = sorted({*recent, *earlier})
    if not matters or not recent_total or not earlier_total:
        return {}
    counts = [(recent.get(name, 0), earlier.get(name, 0)) for name in matters]
    chances = [_chance(now, before, recent_total, earlier_total) for now, before in counts]
    found: dict[str, Signal] = {}
    for name, (now, before), chance in zip(
        matters, counts, false_discovery_control(chances), strict=True
    ):
        grown = now / recent_total >= GROWTH * before / earlier_total
        if not before and now >= NEW:
            found[name] = "new"
        elif now >= FEWEST and grown and chance <= CHANCE:
            found[name] = "rising"
    return found


def _chance(now: int, before: int, recent_total: int, earlier_total: int) -> float:
    """Of so many or more among the recent ones if time made no difference (Fisher's exact test)."""
    from scipy.stats import hypergeom

    everybody = recent_total + earlier_total
    return float(hypergeom.sf(now - 1, everybody, now + before, recent_total))
