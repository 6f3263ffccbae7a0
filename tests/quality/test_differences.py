from __future__ import annotations

from collections.abc import Sequence

from cintel.quality import dumps, load_scorecard, loads
from cintel.quality.differences import Difference, differences

OLD = """\
name: small
title: A small one
pass_mark: 70
sections:
  - name: start
    title: Start
    weight: 40
    questions:
      - id: hello
        text: Says hello?
        points: 5
        judge: {kind: phrases, phrases: [hello there, good morning], within: {first_turns: 2}}
      - {id: name, text: Says a name, points: 2, judge: {kind: pattern, regex: my name}}
      - {id: help, text: Offers help, points: 3, judge: {kind: pattern, regex: help}}
  - name: rest
    title: Rest
    weight: 60
    questions:
      - id: tone
        text: How is the tone?
        type: choice
        options:
          - {answer: bad, points: 0, judge: {kind: pattern, regex: stop}}
          - {answer: fine, points: 2.5}
      - id: deep
        text: Is it deep?
        points: 1
        judge:
          any_of:
            - {kind: pattern, regex: deep}
            - {kind: metric, metric: dead_air.longest, at_most: 10}
      - id: told
        text: The agent tells
        type: checklist
        points: 4
        items:
          - {id: price, text: the price, judge: {kind: human}}
          - {id: time, text: the time, judge: {kind: human}}
"""


def told(*swaps: tuple[str, str]) -> Sequence[tuple[str, str, str]]:
    text = OLD
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    found = differences(loads(OLD), loads(text))
    back = differences(loads(text), loads(OLD))
    assert bool(found) == bool(back) == (loads(text).version != loads(OLD).version)
    return [(item.kind, item.where, item.what) for item in found]


def test_nothing_differs_from_itself() -> None:
    assert told() == []
    assert told(("pass_mark: 70", "pass_mark: 70.0  # seventy")) == []


def test_what_the_scorecard_says_of_itself() -> None:
    assert told(("A small one", "A smaller one"), ("pass_mark: 70", "pass_mark: 75.5")) == [
        ("changed", "scorecard", "title “A small one” → “A smaller one”"),
        ("changed", "scorecard", "pass mark 70 → 75.5"),
    ]


def test_sections() -> None:
    fresh = (
        "  - name: close\n    title: Close\n    weight: 10\n    questions:\n"
        "      - {id: bye, text: Says goodbye, points: 2, judge: {kind: human}}\n"
    )
    assert told(("weight: 60", "weight: 50"), ("  - name: rest\n", fresh + "  - name: rest\n")) == [
        ("added", "Close", "section added, weight 10, 1 question"),
        ("changed", "Rest", "weight 60 → 50"),
        ("added", "Close › bye", "question added, 2 points: Says goodbye"),
    ]
    head, _, body = OLD.partition("sections:\n")
    parts = body.split("  - name: rest\n")
    turned = f"{head}sections:\n  - name: rest\n{parts[1]}{parts[0]}"
    found = differences(loads(OLD), loads(turned))
    assert [str(item) for item in found] == ["Rest: section moved to the start"]
    lost = loads(f"{head}sections:\n{parts[0].replace('weight: 40', 'weight: 100')}")
    assert [str(item) for item in differences(loads(OLD), lost)] == [
        "Rest: section removed, weight 60, 3 questions",
        "Start: weight 40 → 100",
        "Rest › tone: question removed: How is the tone?",
        "Rest › deep: question removed: Is it deep?",
        "Rest › told: question removed: The agent tells",
    ]


HELP = "      - {id: help, text: Offers help, points: 3, judge: {kind: pattern, regex: help}}\n"


def test_questions_added_removed_and_renamed() -> None:
    assert told((HELP, "")) == [("removed", "Start › help", "question removed: Offers help")]
    assert told(("id: help", "id: offer")) == [("changed", "Start › offer", "id help → offer")]
    both = told(("id: help, text: Offers help", "id: offer, text: Is help offered"))
    assert both == [
        ("removed", "Start › help", "question removed: Offers help"),
        ("added", "Start › offer", "question added, 3 points: Is help offered"),
    ]


def test_questions_moved() -> None:
    across = told((HELP, ""), ("      - id: deep\n", HELP + "      - id: deep\n"))
    assert across == [("moved", "Rest › help", "question moved here from Start")]
    first = told((HELP, ""), ("      - id: hello\n", HELP + "      - id: hello\n"))
    assert first == [("moved", "Start › help", "question moved to the start")]
    last = told((HELP, ""), ("      - {id: name", HELP + "      - {id: name"))
    assert last in (
        [("moved", "Start › help", "question moved after hello")],
        [("moved", "Start › name", "question moved after help")],
    )


def test_fields_of_a_question() -> None:
    assert told(("points: 5", "points: 7.5\n        critical: form\n        allow_na: true")) == [
        ("changed", "Start › hello", "points 5 → 7.5"),
        ("changed", "Start › hello", "critical unset → form"),
        ("changed", "Start › hello", "not applicable allowed no → yes"),
    ]
    asked = told(
        ("text: Is it deep?", "text: Is it deep?\n        when: {kind: channel, values: [call]}")
    )
    assert asked == [("changed", "Rest › deep", "asked unset → channel")]


def test_judges() -> None:
    where = "Start › hello"
    assert told(("[hello there, good morning]", "[good morning, good day]")) == [
        ("changed", where, "judge, phrases: without “hello there”"),
        ("changed", where, "judge, phrases: with “good day”"),
    ]
    assert told(("[hello there, good morning]", "[good morning, hello there]")) == [
        ("changed", where, "judge, phrases: in another order")
    ]
    assert told(("{first_turns: 2}", "{first_turns: 3}")) == [
        ("changed", where, "judge, within, first turns 2 → 3")
    ]
    assert told((", within: {first_turns: 2}", ", threshold: 0.6")) == [
        ("changed", where, "judge, within first_turns 2 → unset"),
        ("changed", where, "judge, threshold unset → 0.6"),
    ]
    assert told(("{kind: pattern, regex: my name}", "{kind: human}")) == [
        ("changed", "Start › name", "judge pattern → human")
    ]
    assert told(("at_most: 10", "at_most: 12")) == [
        ("changed", "Rest › deep", "judge, any of 2, at most 10 → 12")
    ]


def test_answers_to_confirm() -> None:
    card = load_scorecard("general-service")
    text = dumps(card)
    without = loads(text.replace("        confirm:\n          - 'no'\n", "", 1))
    [found] = differences(without, card)
    assert found.what == "confirmed by a person: with “no”"
    [back] = differences(card, without)
    assert back.what == "confirmed by a person: without “no”"


def test_options_and_items() -> None:
    assert told(("{answer: fine, points: 2.5}", "{answer: fine, points: 3}")) == [
        ("changed", "Rest › tone", "options fine, points 2.5 → 3")
    ]
    fair = "{answer: fair, points: 1, judge: {kind: pattern, regex: ok}}\n          - "
    assert told(("{answer: fine", fair + "{answer: fine")) == [
        ("changed", "Rest › tone", "options: with fair")
    ]
    time = "          - {id: time, text: the time, judge: {kind: human}}\n"
    assert told((time, "")) == [("changed", "Rest › told", "items: without time")]
    price = "          - {id: price, text: the price, judge: {kind: human}}\n"
    assert told((price + time, time + price)) == [
        ("changed", "Rest › told", "items: in another order")
    ]


def test_a_difference_reads_as_a_line() -> None:
    assert str(Difference("changed", "Start", "weight 4 → 5")) == "Start: weight 4 → 5"
