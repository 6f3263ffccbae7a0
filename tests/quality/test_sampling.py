from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cintel.quality import risks, sampling
from cintel.quality.risks import Candidate

DAY = date(2026, 3, 20)


def _candidate(key: str, **given: object) -> Candidate:
    plain = Candidate(
        key, "ann", "billing", "refund", "call", date(2026, 3, 2), 300.0, 0.1, 80.0, False, 0,
        None, None,
    )  # fmt: skip
    return replace(plain, **given)  # type: ignore[arg-type]


MANY = [
    _candidate(f"c{number:03d}", queue="billing" if number % 4 else "sales", score=float(number))
    for number in range(100)
]


def _ids(sample: sampling.Sample) -> list[str]:
    return [pick.conversation for pick in sample.picks]


def test_a_day_gives_one_list_and_another_day_another() -> None:
    first = sampling.simple(MANY, 10, DAY)
    assert first == sampling.simple(list(reversed(MANY)), 10, DAY)
    assert len(set(_ids(first))) == 10
    assert _ids(first) != _ids(sampling.simple(MANY, 10, DAY + timedelta(days=1)))
    longer = sampling.simple(MANY, 20, DAY)
    assert _ids(longer)[:10] == _ids(first)


def test_chance_is_even() -> None:
    drawn = [0] * 100
    for day in range(400):
        for key in _ids(sampling.simple(MANY, 10, DAY + timedelta(days=day))):
            drawn[int(key[1:])] += 1
    assert sum(drawn) == 4000
    chi_square = sum((count - 40) ** 2 / (40 * 0.9) for count in drawn)
    assert chi_square < 149  # 99.9 % quantile with 99 degrees of freedom


def test_nothing_comes_twice_and_what_is_done_today_stays() -> None:
    first, second = _ids(sampling.simple(MANY, 2, DAY))
    before = [replace(item, reviewed=DAY - timedelta(days=1)) if item.conversation == first
              else item for item in MANY]  # fmt: skip
    found = sampling.simple(before, 2, DAY)
    assert first not in _ids(found)
    assert (_ids(found)[0], found.candidates) == (second, 99)
    today = [replace(item, reviewed=DAY) if item.conversation == first else item for item in MANY]
    found = sampling.simple(today, 2, DAY)
    assert [pick.done for pick in found.picks] == [True, False]
    assert _ids(found) == [first, second]


def test_the_error_of_a_mean_by_hand() -> None:
    # S² of 60, 70, 80, 90 is 500 / 3; two of four drawn: √(500 / 3 / 2 · (1 − 2 / 4))
    assert sampling.expected_error([([60.0, 70.0, 80.0, 90.0], 2)]) == pytest.approx(
        math.sqrt(500 / 12)
    )
    assert sampling.expected_error([([60.0, 70.0], 2)]) == 0.0
    # Halves of 2: ½² · (1 − ½) · 50 / 1 and ½² · (1 − ½) · 200 / 1
    assert sampling.expected_error([([60.0, 70.0], 1), ([50.0, 70.0], 1)]) == pytest.approx(
        math.sqrt(6.25 + 25)
    )
    assert sampling.expected_error([([60.0], 1)]) == 0.0
    assert sampling.expected_error([([60.0], 0), ([70.0], 1)]) is None
    assert sampling.expected_error([]) is None


def test_the_error_is_what_samples_show() -> None:
    truth = 49.5
    error = sampling.simple(MANY, 20, DAY).error
    off = []
    for number in range(500):
        found = sampling.simple(MANY, 20, DAY + timedelta(days=number))
        off.append(sum(float(key[1:]) for key in _ids(found)) / 20 - truth)
    seen = math.sqrt(sum(value**2 for value in off) / len(off))
    assert error == pytest.approx(5.802, abs=0.001)  # √(100 · 101 / 12 / 20 · 0.8)
    assert seen == pytest.approx(error, rel=0.1)


def test_strata_get_their_share() -> None:
    found = sampling.stratified(MANY, 8, DAY, "queue")
    reasons = [pick.reason for pick in found.picks]
    assert reasons == ["Queue: billing"] * 6 + ["Queue: sales"] * 2
    assert found.error is not None
    by_score = sampling.stratified(MANY, 4, DAY, "score")
    assert {pick.reason for pick in by_score.picks} == {
        "Score: below 50", "Score: 50 to 74", "Score: 75 to 89",
    }  # fmt: skip
    assert by_score.error is None
    assert by_score.note == "1 of 4 groups have nobody in the sample: take more"
    sharper = sampling.stratified(MANY, 20, DAY, "score").error
    rougher = sampling.simple(MANY, 20, DAY).error
    assert sharper is not None
    assert rougher is not None
    assert sharper < rougher / 2


def test_a_quota_of_each_agent_and_week() -> None:
    items = [
        _candidate(f"{agent}{day}", agent=agent, day=date(2026, 3, day))
        for agent in ("ann", "bob")
        for day in (2, 3, 4, 9)
    ]
    found = sampling.quota([*items, _candidate("x", agent=None), _candidate("y", day=None)], 2, DAY)
    assert [pick.reason for pick in found.picks] == [
        "ann, week 10 of 2026: 1 of 2", "ann, week 10 of 2026: 2 of 2",
        "ann, week 11 of 2026: 1 of 1",
        "bob, week 10 of 2026: 1 of 2", "bob, week 10 of 2026: 2 of 2",
        "bob, week 11 of 2026: 1 of 1",
    ]  # fmt: skip
    assert (found.candidates, found.error) == (8, 0.0)


def test_risk_comes_first_and_estimates_nothing() -> None:
    items = [
        *(_candidate(f"p{number:02d}") for number in range(20)),
        _candidate("failed", auto_failed=True),
        _candidate("angry", frustration=0.75, unsure=1),
        _candidate("unsure", unsure=3),
        _candidate("new", agent_days=5),
        _candidate("long", duration=4000.0),
        _candidate("short", duration=5.0),
    ]
    found = sampling.riskiest(items, 9, DAY, risks.finder(items))
    told = {pick.conversation: pick.reason for pick in found.picks}
    assert list(told)[:4] == ["failed", "angry", "unsure", "new"]
    assert told == {
        "failed": "automatic fail",
        "angry": "frustration 0.75; 1 unsure answer",
        "unsure": "3 unsure answers",
        "new": "new agent, day 6",
        "long": "very long, 66.7 min",
        "short": "very short, 0.1 min",
    }
    assert (found.error, found.note) == (None, sampling.NO_ESTIMATE)


def test_nothing_to_choose_from() -> None:
    empty = sampling.Sample((), 0, None, "There is nothing to choose from")
    assert sampling.simple([], 5, DAY) == empty
    assert sampling.stratified([], 5, DAY, "intent") == empty
    assert sampling.quota([], 5, DAY) == empty
    assert len(sampling.simple(MANY, 500, DAY).picks) == 100
    assert sampling.simple(MANY, 500, DAY).error == 0.0
