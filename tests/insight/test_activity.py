from __future__ import annotations

import random

import numpy as np
import pytest

from cintel.conversation import Acoustics, Conversation, Labels, Stretches, Turn, Word
from cintel.insight import measure
from cintel.insight.activity import (
    activity,
    at_least,
    close_gaps,
    complement,
    intersect,
    over,
    stretches,
    subtract,
    union,
)

LENGTH = 4000


def test_union_joins_what_overlaps_or_touches_and_drops_empty_spans():
    assert union([(5.0, 6.0), (1.0, 2.0), (2.0, 3.0), (1.5, 1.7), (4.0, 4.0), (9.0, 8.0)]) == [
        (1.0, 3.0),
        (5.0, 6.0),
    ]


def test_gaps_of_exactly_the_limit_stay_open():
    # 4.3 - 4.0 is 0.2999999999999998 in floats, 1.3 - 1.0 is 0.30000000000000004.
    assert close_gaps([(3.0, 4.0), (4.3, 5.0)], 0.3) == [(3.0, 4.0), (4.3, 5.0)]
    assert close_gaps([(0.0, 1.0), (1.3, 2.0)], 0.3) == [(0.0, 1.0), (1.3, 2.0)]
    assert close_gaps([(3.0, 4.0), (4.299, 5.0)], 0.3) == [(3.0, 5.0)]


def test_limits_are_exact_to_the_millisecond():
    spans = [(10.1, 10.6), (4.0, 4.499), (7.7, 8.2)]
    assert at_least(spans, 0.5) == [(10.1, 10.6), (7.7, 8.2)]
    assert over([(0.1, 3.1), (5.0, 8.001)], 3.0) == [(5.0, 8.001)]


def test_algebra():
    left, right = [(0.0, 2.0), (3.0, 5.0)], [(1.0, 4.0), (5.0, 6.0)]
    assert intersect(left, right) == [(1.0, 2.0), (3.0, 4.0)]
    assert subtract(left, right) == [(0.0, 1.0), (4.0, 5.0)]
    assert complement(left, -1.0, 4.0) == [(-1.0, 0.0), (2.0, 3.0)]
    assert complement([], 0.0, 1.0) == [(0.0, 1.0)]
    assert subtract([], right) == []


def test_stretches():
    assert stretches([(0.0, 1.0), (2.0, 4.5)], 10.0) == Stretches(
        count=2,
        longest=2.5,
        shortest=1.0,
        mean=1.75,
        total=3.5,
        share=0.35,
        spans=((0.0, 1.0), (2.0, 4.5)),
    )
    assert stretches([], 10.0) == Stretches()
    assert stretches([(0.0, 1.0)], 0.0).share == 0.0


def test_activity_prefers_words_and_is_cut_to_the_recording():
    spoken = Turn(
        0, "agent", "a", 0.0, 9.0, "hello hello", (Word("h", 1.0, 2.0), Word("h", 4.0, 5.0))
    )
    empty = Turn(1, "agent", "a", 6.0, 7.0, "hm", (Word("hm", 6.5, 6.5),))
    wordless = Turn(2, "agent", "a", 8.0, 12.0, "bye")
    assert activity([spoken, empty, wordless], 10.0) == [
        (1.0, 2.0),
        (4.0, 5.0),
        (6.0, 7.0),
        (8.0, 10.0),
    ]


def grid(spans):
    """Spans as one truth value a millisecond."""
    active = np.zeros(LENGTH, dtype=bool)
    for start, end in spans:
        active[round(start * 1000) : round(end * 1000)] = True
    return active


def runs(active):
    """The stretches of true milliseconds, in milliseconds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def closed(active, gap):
    """Fill inner runs of false shorter than ``gap`` milliseconds, one by one."""
    filled = active.copy()
    for start, end in runs(~active):
        if start > 0 and end < LENGTH and end - start < gap:
            filled[start:end] = True
    return filled


def random_spans(rng):
    starts = [rng.randrange(LENGTH) for _ in range(rng.randrange(9))]
    return [(at / 1000, min(LENGTH, at + rng.randrange(600)) / 1000) for at in starts]


@pytest.mark.parametrize("seed", range(60))
def test_algebra_equals_a_millisecond_grid(seed):
    rng = random.Random(seed)
    left, right = random_spans(rng), random_spans(rng)
    a, b = union(left), union(right)
    end = LENGTH / 1000
    for spans, active in (
        (a, grid(left)),
        (close_gaps(left, 0.3), closed(grid(left), 300)),
        (intersect(a, b), grid(left) & grid(right)),
        (subtract(a, b), grid(left) & ~grid(right)),
        (complement(a, 0.0, end), ~grid(left)),
    ):
        assert [(round(s * 1000), round(e * 1000)) for s, e in spans] == runs(active)


@pytest.mark.parametrize("seed", range(20))
def test_measured_stretches_equal_a_millisecond_grid(seed):
    rng = random.Random(1000 + seed)
    turns, spoken = [], {}
    for role in ("agent", "customer"):
        words = sorted(span for span in random_spans(rng) if span[1] > span[0])
        spoken[role] = closed(grid(words), 300)
        turns += [Turn(0, role, role, *span, "word word word") for span in words]
    conversation = Conversation("c", "call", "c.wav", LENGTH / 1000, tuple(turns))
    metrics = measure(conversation, (Labels(),) * len(turns), Acoustics())
    quiet = runs(~spoken["agent"] & ~spoken["customer"])
    both = runs(spoken["agent"] & spoken["customer"])
    expected = {
        "silence": [run for run in quiet if run[1] - run[0] >= 500],
        "dead_air": [run for run in quiet if run[1] - run[0] > 3000],
        "overtalk": [run for run in both if run[1] - run[0] >= 200],
    }
    for name, stretch in expected.items():
        figures = getattr(metrics, name)
        assert [(round(s * 1000), round(e * 1000)) for s, e in figures.spans] == stretch
        assert round(figures.total * 1000) == sum(end - start for start, end in stretch)
    assert round(metrics.agent.talk_time * 1000) == spoken["agent"].sum()
    assert round(metrics.customer.talk_time * 1000) == spoken["customer"].sum()
