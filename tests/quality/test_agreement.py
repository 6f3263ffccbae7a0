"""Against published worked examples, scikit-learn, and the corners."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from cintel.quality import Question, Scorecard, Section, agreement
from cintel.quality.agreement import Pair
from cintel.quality.alpha import Level
from cintel.quality.coefficients import Agreement, Estimate, measure, sheet, wilson

# Krippendorff (2019), chapter 12: four observers, twelve units, also in Gwet (2014).
FOUR = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
# The two-coefficient example that encyclopedias give for alpha: three coders, fifteen units.
THREE = (".....34121133.3", "1.213343.......", "..21344.21133.4")


def _units(raters: tuple[str, ...], level: Level) -> Agreement:
    columns = zip(*raters, strict=True)
    rows = [
        (
            str(place),
            [None if mark == "." else float(mark) for mark in marks],
            [mark != "." for mark in marks],
        )
        for place, marks in enumerate(columns)
    ]
    return measure(sheet(rows, level))


def _two(
    *pairs: tuple[str | float | None, str | float | None], level: Level = "nominal"
) -> Agreement:
    return measure(sheet([(str(n), pair, (True, True)) for n, pair in enumerate(pairs)], level))


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_of_krippendorffs_example(level: Level, published: float) -> None:
    found = _units(FOUR, level)
    assert found.alpha.value == pytest.approx(published, abs=0.0005)
    assert (found.answers, found.raters) == (11, 4)
    assert found.kappa == Estimate()


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.691), ("ordinal", 0.807), ("interval", 0.811)]
)
def test_alpha_of_three_coders(level: Level, published: float) -> None:
    assert _units(THREE, level).alpha.value == pytest.approx(published, abs=0.0005)


def test_ac1_of_four_raters_with_gaps() -> None:
    # Gwet (2014): 0.77544, of agreement 0.81818 and chance 0.19032
    found = _units(FOUR, "nominal")
    assert found.ac1.value == pytest.approx(0.77544, abs=0.00001)
    assert found.unchanged.value == pytest.approx(0.81818, abs=0.00001)


def test_kappa_falls_where_ac1_stands() -> None:
    # Gwet (2002): 118 agreements, 7 disagreements: kappa −0.0234, AC1 0.9408
    found = _two(*[("+", "+")] * 118, *[("+", "-")] * 5, *[("-", "+")] * 2)
    assert found.kappa.value == pytest.approx(-0.0234, abs=0.00005)
    assert found.ac1.value == pytest.approx(0.9408, abs=0.00005)
    assert found.unchanged.value == 118 / 125


def test_kappa_of_cohens_grant_table() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: (0.7 − 0.5) ÷ (1 − 0.5)
    found = _two(*[("y", "y")] * 20, *[("y", "n")] * 5, *[("n", "y")] * 10, *[("n", "n")] * 15)
    assert found.kappa.value == pytest.approx(0.4)
    low, high = found.kappa.low, found.kappa.high
    assert low is not None
    assert high is not None
    # The large-sample interval (Fleiss, Cohen and Everitt 1969) is 0.149 to 0.651.
    assert (low, high) == (pytest.approx(0.149, abs=0.03), pytest.approx(0.651, abs=0.03))


def test_kappas_equal_scikit_learns() -> None:
    dice = np.random.default_rng(0)
    first = dice.integers(1, 6, 200)
    second = np.clip(first + dice.integers(-1, 2, 200), 1, 5)
    pairs = [(float(one), float(two)) for one, two in zip(first, second, strict=True)]
    assert _two(*pairs).kappa.value == pytest.approx(cohen_kappa_score(first, second))
    weighted = cohen_kappa_score(first, second, weights="quadratic")
    assert _two(*pairs, level="ordinal").kappa.value == pytest.approx(weighted)


def test_wilson() -> None:
    # 81 of 263 in Newcombe (1998): 0.2553 to 0.3662
    assert wilson(81 / 263, 263) == (
        pytest.approx(0.2553, abs=5e-5),
        pytest.approx(0.3662, abs=5e-5),
    )
    assert wilson(1.0, 3)[1] == 1.0


def test_all_the_same_answer() -> None:
    found = _two(*[("y", "y")] * 20)
    assert found.unchanged.value == 1.0
    assert found.unchanged.low == pytest.approx(0.8389, abs=5e-5)
    assert (found.kappa, found.alpha) == (Estimate(), Estimate())
    assert found.ac1 == Estimate(1.0)


def test_one_pair_and_none() -> None:
    found = _two(("y", "n"))
    assert (found.answers, found.conversations, found.raters) == (1, 1, 2)
    assert found.unchanged.value == 0.0
    assert found.kappa == Estimate(0.0)
    assert found.alpha == Estimate(0.0)
    assert _two() == Agreement(0, 0, 0, Estimate(), Estimate(), Estimate(), Estimate())
    alone = measure(sheet([("a", ("y", None), (True, False))], "nominal"))
    assert (alone.answers, alone.unchanged, alone.alpha) == (0, Estimate(), Estimate())


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_perfect_and_missing_on_every_level(level: Level) -> None:
    found = _two((1.0, 1.0), (2.0, 2.0), (None, None), level=level)
    assert (found.unchanged.value, found.kappa.value, found.alpha.value) == (1.0, 1.0, 1.0)
    assert found.ac1.value == (None if level == "interval" else 1.0)


def test_answers_of_one_conversation_do_not_narrow_the_interval() -> None:
    rows = [("y", "y"), ("n", "n"), ("y", "n"), ("n", "n"), ("y", "y")] * 8
    alone = _two(*rows).alpha
    again = [(str(n % 40), pair, (True, True)) for n, pair in enumerate(rows * 10)]
    together = measure(sheet(again, "nominal"))
    assert together.conversations == 40
    assert together.alpha.low == pytest.approx(alone.low, abs=0.02)
    assert together.unchanged.low == pytest.approx(_two(*rows).unchanged.low)


def _pair(key: str, question: str, reviewer: str, ai: str | float, human: str | float | None,
          at: str = "2026-03-01") -> Pair:  # fmt: skip
    return Pair(key, "service", "v1", question, reviewer, ai, human, at)


PAIRS = (
    _pair("a", "greeting", "eve", "yes", "no", "2026-03-01"),
    _pair("a", "greeting", "max", "yes", "yes", "2026-04-02"),
    _pair("b", "greeting", "eve", "no", "no", "2026-03-03"),
    _pair("a", "wait", "eve", 30.0, 40.0, "2026-03-01"),
)
LEVELS: dict[tuple[str, str], Level] = {("service", "wait"): "interval"}


def _shares(lines: list[agreement.Line]) -> dict[str, tuple[int, float | None]]:
    assert {line.scorecard for line in lines} == {"service"}
    return {line.name: (line.agreement.answers, line.agreement.unchanged.value) for line in lines}


def test_the_machine_against_people() -> None:
    assert _shares(agreement.by_question(PAIRS, LEVELS)) == {
        "greeting": (3, 2 / 3), "wait": (1, 0.0),
    }  # fmt: skip
    assert _shares(agreement.by_scorecard(PAIRS, LEVELS)) == {"": (3, 2 / 3)}
    assert _shares(agreement.by_scorer(PAIRS, LEVELS)) == {"eve": (2, 0.5), "max": (1, 1.0)}
    assert _shares(agreement.by_month(PAIRS, LEVELS)) == {"2026-03": (2, 0.5), "2026-04": (1, 1.0)}


def test_the_latest_answer_is_what_a_review_came_to() -> None:
    final = agreement.final(PAIRS)
    assert final == [PAIRS[1], PAIRS[2], PAIRS[3]]
    assert agreement.final(PAIRS[::-1]) == [PAIRS[3], PAIRS[2], PAIRS[1]]
    assert _shares(agreement.by_question(final, LEVELS))["greeting"] == (2, 1.0)


def test_people_against_each_other() -> None:
    assert _shares(agreement.between_people(PAIRS, LEVELS)) == {"greeting": (1, 0.0)}
    assert agreement.between_people(PAIRS[2:], LEVELS) == []


def test_levels_come_from_the_scorecard() -> None:
    questions = (
        Question("greeting", "Greeted?"), Question("wait", "Waited", "number"),
        Question("tone", "Tone", "scale"),
    )  # fmt: skip
    card = Scorecard("service", "Service", 75, (Section("all", "All", 100, questions),))
    assert agreement.levels([card]) == {
        ("service", "greeting"): "nominal", ("service", "wait"): "interval",
        ("service", "tone"): "ordinal",
    }  # fmt: skip
