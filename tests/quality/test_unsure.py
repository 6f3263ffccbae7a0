from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from cintel.conversation import Acoustics, Answer, Evaluation, Labels
from cintel.insight import measure
from cintel.quality import Item, Question, Scorecard, Section, dumps, evaluate, loads, tally
from cintel.quality.rules import Human, Metric, Pattern
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


KINDS = ("yes", "no", "na", "unsure")


def questions(dice: random.Random, section: int) -> tuple[Question, ...]:
    made = [Question(f"s{section}", "?", points=float(dice.randint(1, 9)), judge=RULE)]
    for number in range(dice.randint(0, 5)):
        name = f"s{section}q{number}"
        points = dice.choice([0.5, 1.0, 2.5, 3.0, 7.0, 10.0])
        kind = dice.choice(["yes_no", "bonus", "critical", "text", "checklist", "number"])
        critical = dice.choice(["form", "section"]) if kind == "critical" else None
        match kind:
            case "text":
                made.append(Question(name, "?", "text", judge=Human()))
            case "checklist":
                items = tuple(Item(f"i{n}", "?", RULE) for n in range(dice.randint(1, 5)))
                made.append(Question(name, "?", "checklist", points=points, items=items,
                                     critical=dice.choice([None, "section"])))  # fmt: skip
            case "number":
                made.append(Question(name, "?", "number", points=points,
                                     judge=Metric("duration", at_least=1)))  # fmt: skip
            case _:
                made.append(Question(name, "?", points=points, judge=RULE, bonus=kind == "bonus",
                                     critical=critical))  # fmt: skip
    return tuple(made)


def spreadsheet(rows: list[tuple[int, int, str, Fraction, str]]) -> Fraction | None:
    """The score from rows of section, weight, role, points and mark, by the rules of the docs.

    A role is plain, bonus, form, section or text.
    """
    zero = any(role == "form" and mark == "no" for _, _, role, _, mark in rows)
    top, bottom = Fraction(0), 0
    for section, weight in dict.fromkeys((row[0], row[1]) for row in rows):
        mine = [row[2:] for row in rows if row[0] == section and row[4] in ("yes", "no")]
        possible = sum(points for role, points, _ in mine if role not in ("bonus", "text"))
        if possible == 0:
            continue
        bottom += weight
        if not any(role == "section" and mark == "no" for role, _, mark in mine):
            earned = sum(points for role, points, mark in mine if mark == "yes" and role != "text")
            top += weight * Fraction(earned) / possible
    if not bottom:
        return None
    return Fraction(0) if zero else min(Fraction(100), 100 * top / bottom)


@pytest.mark.parametrize("block", range(10))
def test_the_score_is_that_of_a_spreadsheet(block: int):
    for seed in range(100 * block, 100 * block + 100):
        check(seed)


def check(seed: int) -> None:
    """One scorecard and set of answers by lot, every mix of kinds and marks among them."""
    dice = random.Random(seed)
    count = dice.randint(1, 4)
    cuts = [0, *sorted(dice.sample(range(1, 100), count - 1)), 100]
    weights = [after - before for before, after in pairwise(cuts)]
    card = Scorecard("n", "t", 50.0, tuple(
        Section(f"s{n}", "S", float(weight), questions(dice, n)) for n, weight in enumerate(weights)
    ))  # fmt: skip
    rows, given = [], []
    for number, section in enumerate(card.sections):
        for question in section.questions:
            for part in question.parts:
                share = Fraction(question.possible) / max(1, len(question.items))
                role = "text" if part.type == "text" else part.critical or "plain"
                mark = dice.choice(KINDS)
                rows.append((number, weights[number], "bonus" if part.bonus else role, share, mark))
                given.append(
                    Answer(
                        part.id,
                        {"yes": "yes", "no": "no"}.get(mark),
                        part.possible if mark == "yes" else 0.0,
                        0.0 if mark == "na" else part.possible,
                        0.9,
                        "",
                        unsure=mark == "unsure",
                    )
                )
    expected, found = spreadsheet(rows), tally(card, given)
    if expected is None:
        assert found.score is None
        assert found.reason is not None
        assert ("left to a person" in found.reason) == any(item.unsure for item in given)
    else:
        assert found.score is not None
        assert abs(Fraction(found.score) - expected) <= Fraction(1, 199)
        assert found.passed == (found.score >= 50 and not found.auto_failed)
