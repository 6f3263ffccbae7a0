from __future__ import annotations

import pytest

from cintel.conversation import Answer
from cintel.quality import Option, Question, Scorecard, Section, points_for, tally
from cintel.quality.rules import Metric

RULE = Metric("dead_air.longest", at_most=10)


def yes_no(name: str, points: float, **kinds: object) -> Question:
    return Question(name, f"{name}?", points=points, judge=RULE, **kinds)  # type: ignore[arg-type]


def card(*sections: tuple[float, list[Question]]) -> Scorecard:
    return Scorecard(
        "card",
        "Card",
        70.0,
        tuple(Section(f"s{i}", f"S{i}", w, tuple(q)) for i, (w, q) in enumerate(sections)),
    )


def given(name: str, answer: str | None, points: float = 0.0, possible: float = 0.0) -> Answer:
    return Answer(name, answer, points, possible, 0.9, "because")


TWO = card((60.0, [yes_no("a", 5), yes_no("b", 15)]), (40.0, [yes_no("c", 1)]))


def test_sections_count_by_weight_not_by_points():
    found = tally(TWO, [given("a", "no", 0, 5), given("b", "yes", 15, 15), given("c", "yes", 1, 1)])
    assert found.score == 85.0  # 60 x 15/20 + 40 x 1/1
    assert found.passed is True
    assert found.auto_failed is False
    assert (found.scorecard, found.version) == ("card", TWO.version)


def test_not_applicable_leaves_the_denominator():
    found = tally(TWO, [given("a", "yes", 5, 5), given("b", None), given("c", "no", 0, 1)])
    assert found.score == 60.0  # 60 x 5/5 + 40 x 0/1
    assert found.passed is False


def test_a_section_without_applicable_questions_gives_its_weight_to_the_others():
    found = tally(TWO, [given("a", "no", 0, 5), given("b", "yes", 15, 15), given("c", None)])
    assert found.score == 75.0


def test_nothing_applies():
    found = tally(TWO, [given(name, None) for name in "abc"])
    assert (found.score, found.passed) == (None, None)
    assert found.reason == "no question of the scorecard applies"


def test_the_score_is_rounded_to_two_decimals():
    thirds = card((100.0, [yes_no("a", 1), yes_no("b", 2)]))
    assert tally(thirds, [given("a", "yes", 1, 1), given("b", "no", 0, 2)]).score == 33.33


def test_bonus_earns_without_being_possible():
    bonus = card((100.0, [yes_no("a", 6), yes_no("b", 4), yes_no("c", 2, bonus=True)]))
    answers = [given("a", "yes", 6, 6), given("b", "no", 0, 4), given("c", "yes", 2, 2)]
    assert tally(bonus, answers).score == 80.0
    assert tally(bonus, [*answers[:2], given("c", "no", 0, 2)]).score == 60.0


def test_bonus_never_lifts_above_100():
    bonus = card((100.0, [yes_no("a", 6), yes_no("c", 2, bonus=True)]))
    assert tally(bonus, [given("a", "yes", 6, 6), given("c", "yes", 2, 2)]).score == 100.0


def test_a_bonus_alone_does_not_make_a_section_count():
    bonus = card((50.0, [yes_no("a", 6), yes_no("b", 2, bonus=True)]), (50.0, [yes_no("c", 1)]))
    answers = [given("a", None), given("b", "yes", 2, 2), given("c", "yes", 1, 1)]
    assert tally(bonus, answers).score == 100.0
    assert tally(bonus, [*answers[:2], given("c", "no", 0, 1)]).score == 0.0


def test_critical_form_zeroes_everything():
    critical = card((10.0, [yes_no("a", 1, critical="form")]), (90.0, [yes_no("b", 1)]))
    failed = tally(critical, [given("a", "no", 0, 1), given("b", "yes", 1, 1)])
    assert (failed.score, failed.passed, failed.auto_failed) == (0.0, False, True)
    fine = tally(critical, [given("a", None), given("b", "yes", 1, 1)])
    assert (fine.score, fine.passed, fine.auto_failed) == (100.0, True, False)


def test_critical_section_zeroes_its_section():
    critical = card(
        (30.0, [yes_no("a", 1, critical="section"), yes_no("b", 9)]), (70.0, [yes_no("c", 1)])
    )
    answers = [given("b", "yes", 9, 9), given("c", "yes", 1, 1)]
    failed = tally(critical, [given("a", "no", 0, 1), *answers])
    assert (failed.score, failed.passed, failed.auto_failed) == (70.0, True, False)
    assert tally(critical, [given("a", "yes", 1, 1), *answers]).score == 100.0


def test_an_auto_fail_does_not_pass_even_a_mark_of_zero():
    critical = Scorecard(
        "card", "Card", 0.0, card((100.0, [yes_no("a", 1, critical="form")])).sections
    )
    assert tally(critical, [given("a", "no", 0, 1)]).passed is False


def test_every_question_needs_an_answer():
    with pytest.raises(KeyError):
        tally(TWO, [given("a", "yes", 5, 5)])


def test_points_for_each_type():
    options = (Option("good", 4.0, RULE), Option("fair", 2.5, RULE), Option("bad", 0.0))
    choice = Question("q", "?", "choice", options=options)
    assert [points_for(choice, answer) for answer in choice.answers] == [4.0, 2.5, 0.0]
    assert choice.possible == 4.0
    scale = Question("q", "?", "scale", options=(Option("5", 10.0, RULE), Option("1", 0.0)))
    assert (points_for(scale, 5.0), points_for(scale, "1")) == (10.0, 0.0)
    half = Question("q", "?", "scale", options=(Option("0", 0.0, RULE), Option("1.5", 1.0)))
    assert (points_for(half, 0.0), points_for(half, 1.5)) == (0.0, 1.0)
    number = Question("q", "?", "number", points=3.0, judge=RULE)
    assert [points_for(number, value) for value in (7.5, 10.0, 10.1)] == [3.0, 3.0, 0.0]
    assert (points_for(yes_no("q", 2), "yes"), points_for(yes_no("q", 2), "no")) == (2, 0.0)


def test_an_answer_that_the_question_does_not_have():
    with pytest.raises(ValueError, match="q has no answer 'maybe'"):
        points_for(yes_no("q", 2), "maybe")
    with pytest.raises(ValueError, match="q is a number, not 'many'"):
        points_for(Question("q", "?", "number", points=3.0, judge=RULE), "many")


def test_the_worked_example_of_the_docs():
    example = card(
        (20.0, [yes_no("greeting", 5), yes_no("offer_help", 5)]),
        (20.0, [yes_no("identity_check", 10)]),
        (60.0, [yes_no("own", 10), yes_no("next", 6), yes_no("used_name", 2, bonus=True)]),
    )
    answers = [
        given("greeting", "yes", 5, 5),
        given("offer_help", "no", 0, 5),
        given("identity_check", None),
        given("own", "yes", 10, 10),
        given("next", "no", 0, 6),
        given("used_name", "yes", 2, 2),
    ]
    assert tally(example, answers).score == 68.75
