"""How far two readers agree, on answers small enough to count."""

from __future__ import annotations

import pytest

from benchmarks.readers import HALVES, TRUTH, Answers, between, read_answers


def given(greeting: str, closing: str) -> Answers:
    """One conversation a letter: y is yes, n no, - na."""
    words = {"y": "yes", "n": "no", "-": "na"}
    pairs = zip(greeting, closing, strict=True)
    return {str(k): {"greeting": words[a], "closing": words[b]} for k, (a, b) in enumerate(pairs)}


def test_agreement_is_counted_over_the_questions_asked_for() -> None:
    first, second = given("yynn", "yyy-"), given("yyyn", "yyyn")
    one = between(first, second, ["greeting"])
    assert (one.answers, one.unchanged.value, one.kappa.value) == (4, 0.75, 0.5)
    both = between(first, second, ["greeting", "closing"])
    assert (both.answers, both.conversations, both.unchanged.value) == (8, 4, 0.75)


def test_what_one_reader_left_out_is_told() -> None:
    first, second = given("yn", "yn"), given("yn", "yn")
    del second["1"]
    with pytest.raises(KeyError):
        between(first, second, ["greeting"])


@pytest.mark.parametrize("half", HALVES)
def test_both_readers_answered_every_question(half: str) -> None:
    first = read_answers(TRUTH / f"{half}.yaml")
    second = read_answers(TRUTH / f"second-{half}.yaml")
    assert len(first) == 60
    assert {talk: set(told) for talk, told in first.items()} == {
        talk: set(told) for talk, told in second.items()
    }
