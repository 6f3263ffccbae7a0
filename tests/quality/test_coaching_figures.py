from __future__ import annotations

import pytest

from cintel.quality.coaching import (
    Share,
    Tally,
    chance_alone,
    course,
    difference,
    suggestions,
)
from cintel.quality.coefficients import Estimate


def _ends(found: Estimate) -> tuple[float | None, ...]:
    return tuple(None if x is None else round(x, 4) for x in (found.value, found.low, found.high))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Newcombe (1998), table II, method 10
        (Share(56, 70), Share(48, 80), (0.2, 0.0524, 0.3339)),
        (Share(9, 10), Share(3, 10), (0.6, 0.1705, 0.8090)),
        (Share(6, 7), Share(2, 7), (0.5714, 0.0582, 0.8062)),
        (Share(5, 56), Share(0, 29), (0.0893, -0.0381, 0.1926)),
        (Share(0, 10), Share(0, 20), (0.0, -0.1611, 0.2775)),
        (Share(0, 10), Share(0, 10), (0.0, -0.2775, 0.2775)),
        (Share(10, 10), Share(0, 20), (1.0, 0.6791, 1.0)),
        (Share(10, 10), Share(0, 10), (1.0, 0.6075, 1.0)),
    ],
)
def test_the_published_intervals_of_a_difference(
    first: Share, second: Share, expected: tuple[float, ...]
) -> None:
    assert _ends(difference(first, second)) == expected
    value, low, high = expected
    assert _ends(difference(second, first)) == (-value, -high, -low)


def test_nothing_answered_is_no_rate_and_no_difference() -> None:
    assert Share().rate == Estimate()
    assert difference(Share(), Share(1, 2)) == difference(Share(1, 2), Share()) == Estimate()


TEAM = [
    Tally("ann", "service", "greeting", Share(2, 9)),
    Tally("bob", "service", "greeting", Share(30, 40)),
    Tally("cat", "service", "greeting", Share(18, 20)),
    Tally("ann", "service", "empathy", Share(2, 8)),
    Tally("bob", "service", "empathy", Share(12, 40)),
    Tally("ann", "service", "hold", Share(1, 3)),
    Tally("bob", "service", "hold", Share(9, 10)),
    Tally("ann", "service", "closing", Share(2, 6)),
    Tally("bob", "service", "closing", Share(3, 5)),
    Tally("cat", "sales", "greeting", Share(0, 4)),
]


def test_the_surest_to_be_behind_comes_first() -> None:
    found = suggestions(TEAM)
    assert [(item.agent, item.question, item.own.failed, item.standing) for item in found] == [
        ("ann", "greeting", 7, "behind"),
        ("ann", "closing", 4, "unclear"),
        ("bob", "greeting", 10, "unclear"),
        ("bob", "empathy", 28, "shared"),
        ("ann", "empathy", 6, "shared"),
        ("cat", "greeting", 4, "alone"),
    ]
    first = found[0]
    assert first.others == Share(48, 60)
    assert _ends(first.own.rate) == (0.2222, 0.0632, 0.5474)
    # −0.5778 − √(0.1590² + 0.0817²) and −0.5778 + √(0.3252² + 0.1178²)
    assert _ends(first.gap) == (-0.5778, -0.7565, -0.2319)
    # two fails of three are below the floor of three, however far behind
    assert not any(item.question == "hold" for item in found)
    assert [item.question for item in suggestions(TEAM, fewest=2) if item.agent == "ann"] == [
        "greeting", "hold", "closing", "empathy",
    ]  # fmt: skip
    assert suggestions([]) == []


def test_what_chance_alone_would_show() -> None:
    # nine of the ten pairs have others to compare with
    assert chance_alone(TEAM) == pytest.approx(9 * 0.025)


@pytest.mark.parametrize(
    ("before", "since", "verdict"),
    [
        (Share(2, 9), Share(9, 9), "early"),
        (Share(), Share(9, 12), "no_before"),
        (Share(2, 9), Share(12, 14), "better"),
        (Share(9, 12), Share(2, 12), "worse"),
        (Share(4, 9), Share(8, 12), "unclear"),
    ],
)
def test_a_course_is_read_with_care(before: Share, since: Share, verdict: str) -> None:
    found = course(before, since, Share(8, 10), Share(9, 10))
    assert found.verdict == verdict
    assert found.change == difference(since, before)
