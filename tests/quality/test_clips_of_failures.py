from __future__ import annotations

from dataclasses import replace

import pytest

from cintel.conversation import Conversation, Evidence, Turn
from cintel.quality.clips import (
    Clip,
    FinalAnswer,
    examples,
    failed_clip,
    fault,
    good_clip,
    least_doubtful,
    said_between,
)
from cintel.quality.rules import (
    AllOf,
    AnyOf,
    Human,
    Judge,
    Label,
    Metric,
    Pattern,
    Phrases,
    Within,
)
from cintel.quality.scorecard import Question
from cintel.testing import conversation_of

GREETING = Phrases(("good morning, this is Sarah", "hello, James speaking", "hi, I am Kim"))
RUDE = Phrases(("that is not my problem",), must="not_say")
TALK = conversation_of(
    "agent: Yes?", "customer: Hello, is this the bank?", "agent: It is, what is your name?",
    "agent: Bye.",
)  # fmt: skip


def _asks(judge: Judge | None) -> Question:
    return Question("greeting", "Does the agent greet?", points=5, judge=judge)


def _answer(key: str = "c1", **given: object) -> FinalAnswer:
    quote = (Evidence(0, "Yes?", 0.0, 0.4), Evidence(2, "It is", 3.4, 4.2))
    plain = FinalAnswer(key, "v1", "2026-03-01", 0.8, quote, False, False)
    return replace(plain, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        (GREETING, "unsaid"),
        (AnyOf((GREETING, Pattern("hello"))), "unsaid"),
        (RUDE, "said"),
        (Label("pii", must="not_say"), "said"),
        (AllOf((GREETING, RUDE)), "other"),
        (AllOf((GREETING, Metric("hold.total", at_most=3))), "other"),
        (Metric("hold.total", at_most=3), "other"),
        (Human(), "other"),
        (None, "other"),
    ],
)
def test_what_a_failure_means(judge: Judge | None, expected: str) -> None:
    assert fault(_asks(judge)) == expected
    assert fault(None) == "other"


def test_the_least_doubtful_come_first() -> None:
    answers = [
        _answer("low", confidence=0.7),
        _answer("old", confidence=0.9),
        _answer("new", confidence=0.9, started_at="2026-03-09"),
        _answer("undated", confidence=0.9, started_at=None),
        _answer("person", confidence=0.5, reviewed=True),
    ]
    found = [item.conversation for item in least_doubtful(answers, 4)]
    assert found == ["person", "new", "old", "undated"]


@pytest.mark.parametrize(
    ("judge", "kind"),
    [(GREETING, "nearest"), (RUDE, "said"), (Human(), "rests"), (None, "rests")],
)
def test_a_quote_is_a_clip(judge: Judge | None, kind: str) -> None:
    assert failed_clip(_answer(), _asks(judge), TALK) == Clip("c1", kind, 0.0, 0.4)  # type: ignore[arg-type]


def test_a_quote_that_a_person_overruled_is_called_so() -> None:
    taken = _answer(reviewed=True, agreed=False)
    assert failed_clip(taken, _asks(GREETING), TALK).kind == "overruled"
    assert failed_clip(replace(taken, agreed=True), _asks(GREETING), TALK).kind == "nearest"


@pytest.mark.parametrize(
    ("within", "place"),
    [
        (Within(first_turns=2), (0.0, 0.4)),
        (Within(last_turns=1), (6.3, 6.7)),
        (Within(first_seconds=30), (0.0, 0.4)),
        (Within(last_seconds=0.2), (6.3, 6.7)),
        (None, None),
    ],
)
def test_what_was_never_said_has_the_place_where_it_belongs(
    within: Within | None, place: tuple[float, float] | None
) -> None:
    question = _asks(AnyOf((Pattern("good day", within=within), Pattern("hello", within=within))))
    expected = Clip("c1", "none") if place is None else Clip("c1", "place", *place)
    assert failed_clip(_answer(evidence=()), question, TALK) == expected


def test_no_place_where_the_agent_says_nothing_or_the_fault_is_another() -> None:
    question = _asks(Pattern("good day", within=Within(first_turns=2)))
    silent = conversation_of("customer: Hello?")
    assert failed_clip(_answer(evidence=()), question, silent) == Clip("c1", "none")
    assert failed_clip(_answer(evidence=()), None, TALK) == Clip("c1", "none")
    assert failed_clip(_answer(evidence=()), _asks(RUDE), TALK) == Clip("c1", "none")


def test_one_call_where_it_went_well() -> None:
    answers = [
        _answer("silent", confidence=0.99, evidence=()),
        _answer("overruled", reviewed=True),
        _answer("good", confidence=0.9),
        _answer("fair", confidence=0.8),
    ]
    assert good_clip(answers, _asks(GREETING)) == Clip("good", "good", 0.0, 0.4)
    assert good_clip(answers, _asks(Human())) == Clip("good", "good", 0.0, 0.4)
    assert good_clip(answers[:2], _asks(GREETING)) is None
    # nothing rude was said, no silence was too long: nothing to hear
    assert good_clip(answers, _asks(RUDE)) is None
    assert good_clip(answers, _asks(Metric("hold.total", at_most=3))) is None


def test_words_that_would_have_counted() -> None:
    assert examples(_asks(GREETING)) == GREETING.phrases[:2]
    assert examples(_asks(Pattern("hello"))) == examples(_asks(RUDE)) == examples(None) == ()


def test_what_was_said_between_two_times() -> None:
    assert said_between(TALK, 3.4, 4.2) == "It is,"
    assert said_between(TALK, 0.0, 0.4) == "Yes?"
    # the turn with most of it speaks
    assert said_between(TALK, 0.9, 3.9) == "Hello, is this the bank?"
    # the pause between two turns
    assert said_between(TALK, 0.5, 0.8) == ""
    assert said_between(TALK, 50.0, 60.0) == ""


def test_a_chat_message_is_given_whole() -> None:
    turns = (
        Turn(0, "agent", "A", 0.0, 0.0, "Hi, Kim here."), Turn(1, "customer", "C", 9, 9, "Hello")
    )  # fmt: skip
    chat = Conversation("c", "chat", "c.txt", 9.0, turns)
    assert said_between(chat, 0.0, 0.0) == "Hi, Kim here."
    assert said_between(chat, 9.0, 9.0) == "Hello"
