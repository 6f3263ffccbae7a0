"""When words are said: before, after, in order, and twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cintel.conversation import Acoustics, Answer, Conversation, Labels, PiiSpan, Scored
from cintel.insight import measure
from cintel.language.encoder import Encoder
from cintel.quality import dumps, evaluate, loads
from cintel.quality.rules import Pattern, Phrases, Within, walk
from cintel.testing import conversation_of

ASKED, DETAIL = "{kind: pattern, regex: birth}", "{kind: pattern, regex: 'balance|owe'}"
LEAVING = "{kind: pattern, regex: cancel, who: customer}"
OFFER = "{kind: pattern, regex: 'ten percent off', within: {after: %s, turns: %d}}"


def card(judge: str) -> str:
    return (
        "{name: n, title: t, pass_mark: 50, sections: [{name: s, title: S, weight: 100, "
        f"questions: [{{id: q, text: q, points: 2, sure: 0, judge: {judge}}}]}}]}}"
    )


def ask(
    judge: str, encoder: Encoder, *lines: str, marks: dict[int, Labels] | None = None
) -> Answer:
    talk = conversation_of(*lines)
    labels = tuple((marks or {}).get(turn.index, Labels()) for turn in talk.turns)
    return evaluate(
        loads(card(judge)), talk, labels, measure(talk, labels, Acoustics()), encoder
    ).answers[0]


EARLY = (
    "agent: Hello, may I have your date of birth please?",
    "customer: May the third, nineteen eighty.",
    "agent: Thank you, the balance is forty pounds.",
)
LATE = (EARLY[2], "customer: Alright then, what else do you need?", EARLY[0])
ONE_TURN = (
    "agent: Your balance is forty pounds. And your date of birth?",
    "customer: May the third, nineteen eighty.",
)


@pytest.mark.parametrize(
    ("lines", "answer", "turns"),
    [
        (EARLY, "yes", [0]),
        (LATE, "no", []),
        (ONE_TURN, "no", []),
        ((EARLY[0], EARLY[1], "agent: Thank you, goodbye."), "yes", [0]),
    ],
)
def test_before_the_first(lines: tuple[str, ...], answer: str, turns: list[int], encoder: Encoder):
    judge = f"{{kind: pattern, regex: birth, within: {{before: {DETAIL}}}}}"
    found = ask(judge, encoder, *lines)
    assert (found.answer, [item.turn for item in found.evidence]) == (answer, turns)


def test_before_within_one_turn(encoder: Encoder):
    judge = f"{{kind: pattern, regex: birth, within: {{before: {DETAIL}}}}}"
    lines = (
        "agent: Your date of birth? Thanks. You owe forty.",
        "customer: Do I, really, that much?",
    )
    assert ask(judge, encoder, *lines).answer == "yes"


def test_before_by_meaning(encoder: Encoder):
    judge = (
        "{kind: phrases, phrases: ['can I have your date of birth?'], within: {before: "
        "{kind: phrases, phrases: [your outstanding balance is two hundred dollars]}}}"
    )
    lines = (
        "agent: Hi there. Could you give me your date of birth?",
        "customer: March second, nineteen ninety.",
        "agent: Thanks. The outstanding balance is three hundred dollars.",
    )
    assert ask(judge, encoder, *lines).answer == "yes"
    assert ask(judge, encoder, lines[2], lines[1], lines[0]).answer == "no"


def test_before_a_label(encoder: Encoder):
    told = "{kind: label, label: pii, values: [card], who: customer}"
    judge = f"{{kind: pattern, regex: recorded, within: {{before: {told}}}}}"
    lines = ("agent: This line is recorded.", "customer: My card is 4111 1111 1111 1111.")
    assert (
        ask(judge, encoder, *lines, marks={1: Labels(pii=(PiiSpan("card", 11, 30),))}).answer
        == "yes"
    )
    turned = lines[::-1]
    assert (
        ask(judge, encoder, *turned, marks={0: Labels(pii=(PiiSpan("card", 11, 30),))}).answer
        == "no"
    )
    assert ask(judge, encoder, *turned).answer == "yes"


OBJECTION = (
    "agent: Good morning, how can I help you?",
    "customer: I want to cancel my plan.",
    "agent: I see, why is that?",
    "customer: It costs too much.",
    "agent: I can give you ten percent off.",
)


@pytest.mark.parametrize(("turns", "answer"), [(1, "no"), (2, "yes"), (9, "yes")])
def test_turns_after(turns: int, answer: str, encoder: Encoder):
    assert ask(OFFER % (LEAVING, turns), encoder, *OBJECTION).answer == answer


def test_after_counts_from_the_first_objection(encoder: Encoder):
    again = (*OBJECTION[:4], "agent: Right.", "customer: So cancel it.", OBJECTION[4])
    assert ask(OFFER % (LEAVING, 2), encoder, *again).answer == "no"


def test_what_comes_earlier_does_not_count(encoder: Encoder):
    lines = (OBJECTION[4], *OBJECTION[1:4])
    assert ask(OFFER % (LEAVING, 2), encoder, *lines).answer == "no"


def test_after_nothing_is_not_applicable(encoder: Encoder):
    for must in ("say", "not_say"):
        judge = (OFFER % (LEAVING, 2)).replace("kind: pattern", f"must: {must}, kind: pattern", 1)
        found = ask(judge, encoder, OBJECTION[0], OBJECTION[3], OBJECTION[4])
        assert (found.answer, found.possible) == (None, 0.0)
        assert found.reason == "not applicable: what it should come after is never said"


def test_the_rest_of_the_same_turn_counts(encoder: Encoder):
    asked = "{kind: pattern, regex: anything else}"
    judge = f"{{kind: pattern, regex: goodbye, within: {{after: {asked}, turns: 1}}}}"
    lines = ("customer: That is all I wanted to know.", "agent: Goodbye. Is there anything else?")
    assert ask(judge, encoder, *lines).answer == "no"
    lines = (lines[0], "agent: Is there anything else? Goodbye.")
    assert ask(judge, encoder, *lines).answer == "yes"
    lines = (
        *lines[:1],
        "agent: Is there anything else?",
        lines[0],
        "agent: No?",
        lines[0],
        "agent: Goodbye.",
    )
    assert ask(judge, encoder, *lines).answer == "no"


def test_limits_and_moments_hold_together(encoder: Encoder):
    judge = f"{{kind: pattern, regex: birth, within: {{first_turns: 1, before: {DETAIL}}}}}"
    assert ask(judge, encoder, *EARLY).answer == "yes"
    assert ask(judge, encoder, "agent: Good day to you.", *EARLY).answer == "no"


def test_an_answer_is_no_surer_than_its_moment(encoder: Encoder):
    angry = {1: Labels(emotion=Scored("anger", 0.52))}
    judge = OFFER % (
        "{kind: label, label: emotion, values: [anger], at_least: 0.5, who: customer}",
        2,
    )
    found = ask(judge, encoder, *OBJECTION, marks=angry)
    assert (found.answer, found.confidence) == ("yes", 0.52)


HELLO, BYE = "{kind: pattern, regex: hello}", "{kind: pattern, regex: goodbye}"


@pytest.mark.parametrize(
    ("parts", "answer", "turns"),
    [
        (f"{HELLO}, {ASKED}, {DETAIL}", "yes", [0, 0, 2]),
        (f"{ASKED}, {HELLO}", "no", [0, 0]),
        (f"{HELLO}, {BYE}", "no", [0]),
        (f"{BYE}, {HELLO}", "no", []),
        (f"{{any_of: [{BYE}, {HELLO}]}}, {DETAIL}", "yes", [0, 2]),
        (f"{HELLO}, {HELLO}", "no", [0, 0]),
    ],
)
def test_in_order(parts: str, answer: str, turns: list[int], encoder: Encoder):
    found = ask(f"{{in_order: [{parts}]}}", encoder, *EARLY)
    assert (found.answer, [item.turn for item in found.evidence]) == (answer, turns)


def test_the_reason_names_the_step(encoder: Encoder):
    found = ask(f"{{in_order: [{ASKED}, {HELLO}]}}", encoder, *EARLY)
    assert found.reason == 'step 2 of 2 is missing, after "birth": comes too early'
    found = ask(f"{{in_order: [{HELLO}, {DETAIL}]}}", encoder, *EARLY)
    assert found.reason == 'in order: "Hello", then "balance"'


def test_a_later_saying_still_counts(encoder: Encoder):
    lines = (*LATE, "customer: May the third.", EARLY[2])
    assert ask(f"{{in_order: [{ASKED}, {DETAIL}]}}", encoder, *lines).answer == "yes"


PASTED = "Please make sure that all of your cables are plugged in firmly."


@pytest.mark.parametrize(
    ("lines", "answer", "turns"),
    [
        (
            (f"agent: {PASTED}", "customer: They are.", f"agent: Hm. {PASTED.upper()}"),
            "yes",
            [0, 2],
        ),
        ((f"agent: {PASTED}", f"customer: {PASTED}", "agent: Yes."), "no", []),
        ((f"agent: {PASTED} {PASTED}", "customer: You said that."), "no", []),
        (
            ("agent: Is it on?", "customer: It is on, thank you very much.", "agent: Is it on?"),
            "no",
            [],
        ),
    ],
)
def test_said_twice(lines: tuple[str, ...], answer: str, turns: list[int], encoder: Encoder):
    found = ask("{kind: repeated}", encoder, *lines)
    assert (found.answer, [item.turn for item in found.evidence]) == (answer, turns)
    turned = {"yes": "no", "no": "yes"}[answer]
    assert ask("{kind: repeated, must: not_say}", encoder, *lines).answer == turned


def test_moments_survive_yaml_and_are_walked():
    text = card(f"{{kind: phrases, phrases: [hi], within: {{after: {LEAVING}, turns: 2}}}}")
    read = loads(text)
    leaving = Pattern("cancel", who="customer")
    judge = Phrases(("hi",), within=Within(after=leaving, turns=2))
    assert read.questions[0].judge == judge
    assert list(walk(judge)) == [judge, leaving]
    assert loads(dumps(read)) == read
    assert loads(text.replace("turns: 2", "turns: 3")).version != read.version


def test_recognised_speech_overlaps(encoder: Encoder):
    """The order of turns decides, not their times."""
    talk = conversation_of(*EARLY)
    turns = (*talk.turns[:2], replace(talk.turns[2], start=0.0, words=()))
    crossed: Conversation = replace(talk, turns=turns)
    judge = f"{{in_order: [{ASKED}, {DETAIL}]}}"
    labels = (Labels(),) * 3
    found = evaluate(
        loads(card(judge)), crossed, labels, measure(crossed, labels, Acoustics()), encoder
    )
    assert found.answers[0].answer == "yes"
