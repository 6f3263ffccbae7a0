from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
import yaml

from cintel.errors import ScorecardError
from cintel.quality import Scorecard, dumps, load_scorecard, loads
from cintel.quality.reading import loads_question, loads_rule
from cintel.quality.rules import (
    AllOf,
    AnswerIs,
    AnyOf,
    ChannelIs,
    Human,
    Judge,
    Label,
    Llm,
    Metric,
    Pattern,
    Phrases,
    Rule,
    Within,
)
from cintel.quality.scorecard import Item, Option, Question, Section, plain
from cintel.quality.writing import yaml_of

NASTY = (
    "yes", "no", "null", "~", "1", "1.50", "0x1f", "1e3", "2026-11-22", "on", "- a", "a: b",
    "# no comment", "a # b", "'", '"', "it's \"so\"", "{a}", "[b]", "&id001 x", "*x", "!tag", "%x",
    "|", ">", "@at", "`tick`", " both ends ", "tab\there", "two\nlines", "ends\n", "\nstarts",
    " - led\n  by blanks\n", "a\n\n\nb", "trailing \nblank", "\\bcard\\b", "Grüß Gott", "日本語",
    "\U0001f600", "a\u2028b", "a\x85b", "\u2029 c\n", "\x07", "\ufeff",
    "w " * 80, "x" * 300, "?", "? a", "=", "<<",
)  # fmt: skip
WITHINS = (
    None,
    *(Within(**{name: 2}) for name in ("first_turns", "last_turns")),
    Within(first_seconds=12.5),
    Within(last_seconds=30.0, last_turns=3),
)


def simple(dice: random.Random) -> list[Rule]:
    """Every kind of rule with every one of its keys set and unset, and nasty words."""

    def words() -> str:
        return dice.choice(NASTY)

    def some() -> tuple[str, ...]:
        return tuple(words() for _ in range(dice.randint(1, 4)))

    sides = list(product(("agent", "customer", "any"), WITHINS, ("say", "not_say")))
    made: list[Rule] = []
    for number, (who, within, must) in enumerate(sides):
        kind = number % 4
        if kind == 0:
            cosine = dice.choice([0.55, 0.6, 1 / 3])
            made.append(Phrases(some(), dice.choice([(), some()]), cosine, who, within, must))
        elif kind == 1:
            made.append(Pattern(dice.choice(["\\bcard", "a  b", "'?s", "#"]), who, within, must))
        elif kind == 2:
            made.append(Label("frustration", (), 0.25, who, within, must))
        else:
            name = dice.choice(["pii", "emotion", "act", "sentiment"])
            least = dice.choice([0.0, 1e-7, 0.5])
            made.append(Label(name, dice.choice([(), some()]), least, who, within, must))
    for low, high in ((None, 10.0), (0.1, None), (-1e20, 1e-9), (110.0, 180.5)):
        made.append(Metric("dead_air.longest", low, high))
    return made


def conditions(rules: list[Rule], dice: random.Random) -> list[Rule]:
    asked: list[Rule] = [
        AnswerIs("first", ("yes",)),
        AnswerIs("first", ("yes", "no")),
        ChannelIs(("call",)),
        ChannelIs(("chat", "email")),
    ]
    groups: list[Rule] = [
        kind((*dice.sample(rules, 2), other((asked[number % 4], dice.choice(rules)))))
        for number, (kind, other) in enumerate(product((AnyOf, AllOf), repeat=2))
    ]
    return [*asked, *groups]


def questions(dice: random.Random) -> list[Question]:
    """Every type with every judge it may have, every condition, and all marks in all mixes."""
    rules = simple(dice)
    rules += [AnyOf(tuple(dice.sample(rules, 3))), AllOf((AnyOf((rules[0],)), *rules[1:3]))]
    asked: list[Judge] = [Human(), *(Llm(text) for text in NASTY if text.strip())]
    whens: list[Rule | None] = [None, *conditions(rules, dice)]
    marks = [
        {"critical": critical, "allow_na": na, "bonus": bonus, "sure": sure}
        for critical, na, bonus, sure in product(
            (None, "form", "section"), (False, True), (False, True), (0.65, 0.0, 0.8)
        )
        if not (critical and bonus)
    ]
    made = [Question("first", "The first", points=2.0, judge=Human())]

    def add(**fields: Any) -> None:
        number = len(made)
        fields = marks[number % len(marks)] | {"when": whens[number % len(whens)]} | fields
        made.append(Question(f"q{number}", NASTY[number % len(NASTY)].strip() or "x", **fields))

    for judge in (*rules, *asked[:2]):
        add(points=dice.choice([1.0, 2.5, 7.0]), judge=judge)
        add(type="checklist", points=3.0,
            items=(Item("one", "first line", judge), Item("2", "1", Human())))  # fmt: skip
    for rule in rules:
        add(type="choice", options=(Option("yes", 0.0, rule), Option("null", 2.5)))
        add(type="scale", options=(Option("1", 0.0, rule), Option("2.5", 3.0, rule)))
        if isinstance(rule, Metric):
            add(type="number", points=4.0, judge=rule)
    add(type="choice", options=(Option("~", 0.0), Option("fair: so", 1.0)), judge=asked[1])
    for judge in asked:
        add(type="text", critical=None, bonus=False, judge=judge)
    return made


def card_of(dice: random.Random) -> Scorecard:
    asked = questions(dice)
    half = len(asked) // 2
    return Scorecard(
        dice.choice([text for text in NASTY if text.strip()]), "Title: with colon", 66.6,
        (
            Section("a", "1", 33.3, tuple(asked[:half])),
            Section("yes", " b ", 66.7, tuple(asked[half:])),
        ),
    )  # fmt: skip


def test_everything_is_read_as_it_was_written():
    card = card_of(random.Random(4))
    assert len(card.questions) > 200
    again = loads(dumps(card))
    assert again == card
    assert again.version == card.version
    assert dumps(again) == dumps(card)


def test_a_question_and_a_rule_alone_come_back_too():
    for question in questions(random.Random(9))[::3]:
        assert loads_question(yaml_of(plain(question))) == question
        if question.judge is not None:
            assert loads_rule(yaml_of(plain(question.judge))) == question.judge


def test_the_text_is_for_people():
    text = dumps(load_scorecard("general-service"))
    assert "              within: {first_seconds: 12, first_turns: 2}\n" in text
    assert "&id" not in text
    assert all("regex: " in line for line in text.splitlines() if "\\b" in line)
    rubric = yaml_of(plain(Llm("yes: it is\nno: it is not")))
    assert rubric == "kind: llm\nrubric: |-\n  yes: it is\n  no: it is not\n"
    assert yaml.safe_load(rubric)["rubric"] == "yes: it is\nno: it is not"


def test_mistakes_in_a_part_have_their_lines():
    with pytest.raises(ScorecardError, match="not a regular expression") as caught:
        loads_rule("any_of:\n  - {kind: pattern, regex: a}\n  - {kind: pattern, regex: '('}\n")
    assert caught.value.where == "rule, line 3"
    with pytest.raises(ScorecardError, match="yes_no needs points") as caught:
        loads_question("id: a\ntext: b\njudge: {kind: human}\n", where="opening")
    assert caught.value.where == "opening, line 1"
    with pytest.raises(ScorecardError, match="is empty"):
        loads_rule("# nothing\n")
