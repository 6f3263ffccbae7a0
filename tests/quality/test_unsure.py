from __future__ import annotations

from cintel.conversation import Acoustics, Answer, Evaluation, Labels
from cintel.insight import measure
from cintel.quality import Item, Question, Scorecard, Section, dumps, evaluate, loads, tally
from cintel.quality.rules import Pattern
from cintel.testing import HashingEncoder, conversation_of

RULE = Pattern("x")
CARD = """
name: people
title: People
pass_mark: 50
sections:
  - name: all
    title: All
    weight: 100
    questions:
      - {id: fair, text: Is it fair, points: 4, judge: {kind: human}}
      - {id: note, text: Anything else, type: text, judge: {kind: human}}
      - {id: greets, text: Greets, points: 5, judge: {kind: pattern, regex: hello}}
      - id: steps
        text: "The agent:"
        type: checklist
        points: 6
        items:
          - {id: name, text: gives a name, judge: {kind: pattern, regex: "this is"}}
          - {id: offer, text: offers help, judge: {kind: pattern, regex: help you}}
          - {id: warm, text: is warm, judge: {kind: human}}
      - id: after
        text: Says bye
        points: 2
        when: {kind: answer, question: steps.name, values: [yes]}
        judge: {kind: pattern, regex: bye}
      - id: waits
        text: Says bye too
        points: 2
        when:
          any_of:
            - {kind: answer, question: fair, values: [yes]}
            - {kind: channel, values: [chat]}
        judge: {kind: pattern, regex: bye}
"""


def score(card: str) -> Evaluation:
    talk = conversation_of(
        "agent: Hello, this is Kim, what is it today?", "customer: A parcel that is late.",
        "agent: It comes today. Bye.",
    )  # fmt: skip
    labels = tuple(Labels() for _ in talk.turns)
    metrics = measure(talk, labels, Acoustics())
    return evaluate(loads(card), talk, labels, metrics, HashingEncoder())


def test_people_checklists_and_comments():
    made = score(CARD)
    assert {a.question: (a.answer, a.unsure, a.points, a.possible) for a in made.answers} == {
        "fair": (None, True, 0.0, 4.0),
        "note": (None, True, 0.0, 0.0),
        "greets": ("yes", False, 5.0, 5.0),
        "steps.name": ("yes", False, 2.0, 2.0),
        "steps.offer": ("no", False, 0.0, 2.0),
        "steps.warm": (None, True, 0.0, 2.0),
        "after": ("yes", False, 2.0, 2.0),
        "waits": (None, True, 0.0, 2.0),
    }
    assert made.score == 81.82  # 9 of 11
    reasons = {answer.question: answer.reason for answer in made.answers}
    assert reasons["fair"] == "a person answers this question"
    assert reasons["waits"] == "may not apply: it waits for the answer to fair"


def test_below_the_threshold_an_answer_is_a_suggestion():
    pattern = "{kind: pattern, regex: hello}"
    plain = answer_to(score(CARD), "greets")
    assert plain.confidence == 0.95
    made = answer_to(score(CARD.replace(pattern, f"{pattern}, sure: 0.95")), "greets")
    assert made == plain
    made = answer_to(score(CARD.replace(pattern, f"{pattern}, sure: 0.96")), "greets")
    assert (made.answer, made.unsure, made.suggested) == (None, True, "yes")
    assert (made.points, made.possible, made.confidence) == (0.0, 5.0, 0.95)
    assert (made.reason, made.evidence) == (plain.reason, plain.evidence)


def test_nobody_is_sure_that_it_does_not_apply():
    condition = "{kind: channel, values: [chat]}"
    asked = f"regex: hello}}, sure: 0.96, when: {condition}"
    made = answer_to(score(CARD.replace("regex: hello}", asked)), "greets")
    assert (made.unsure, made.suggested, made.possible) == (True, None, 5.0)
    assert made.reason == "may not apply: the conversation is a call"


def answer_to(made: Evaluation, name: str) -> Answer:
    return next(answer for answer in made.answers if answer.question == name)


def test_every_kind_is_written_and_read_again():
    card = loads(CARD.replace("{kind: human}}\n      - {id: note", "{kind: llm, rubric: be fair}, "
                              "sure: 0.8}\n      - {id: note"))  # fmt: skip
    assert loads(dumps(card)) == card
    assert loads(dumps(card)).version == card.version
    assert card.version != loads(CARD).version
    assert loads(CARD.replace("offers help", "helps")).version != loads(CARD).version


def test_the_default_threshold_leaves_older_versions_as_they_were():
    card = Scorecard(
        "n", "t", 50, (Section("s", "S", 100, (Question("q", "?", points=1.0, judge=RULE),)),)
    )
    assert card.version == "4d9401913f19"


def test_a_checklist_is_questions_that_share_its_points():
    items = tuple(Item(name, f"does {name}", RULE) for name in "abc")
    steps = Question("steps", "The agent", "checklist", points=1.0, critical="form", items=items)
    first, *_ = parts = steps.parts
    assert [part.id for part in parts] == ["steps.a", "steps.b", "steps.c"]
    assert (first.text, first.type, first.critical) == ("The agent does a", "yes_no", "form")
    card = Scorecard("n", "t", 50, (Section("s", "S", 100, (steps,)),))
    third = 1 / 3
    good = [Answer(part.id, "yes", third, third, 1.0, "") for part in parts]
    assert tally(card, good).score == 100.0
    bad = [*good[:2], Answer("steps.c", "no", 0.0, third, 1.0, "")]
    assert (tally(card, bad).score, tally(card, bad).auto_failed) == (0.0, True)
