from __future__ import annotations

from collections import Counter
from dataclasses import replace
from difflib import unified_diff
from importlib.resources import files

import pytest

from cintel.errors import ScorecardError
from cintel.quality import Scorecard, loads
from cintel.quality.rewriting import rewritten
from cintel.quality.rules import Phrases, walk

BLOCK = """\
# Our card.
name: card
title: Card
pass_mark: 50   # for now
sections:
  - name: s
    title: S
    weight: 100
    questions:
      - id: first
        text: "Does the agent greet?"
        points: 5
        judge:
          any_of:
            - kind: phrases   # by meaning
              threshold: 0.95
              phrases:
                # the usual one
                - hello there
                - 'good morning'   # before noon
                - good evening
              who: agent
            - {kind: pattern, regex: "\\\\bhi\\\\b"}
      - id: second
        text: untouched
        points: 5
        judge: {kind: phrases, phrases: [hello there, "good morning"], threshold: 0.95}
"""
FIRST = Phrases(("hello there", "good morning", "good evening"), threshold=0.95)
SECOND = Phrases(("hello there", "good morning"), threshold=0.95)


def others(card: Scorecard, name: str) -> list[object]:
    return [question for question in card.questions if question.id != name]


def diff(old: str, new: str) -> list[str]:
    lines = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:3] not in ("---", "+++") and line[0] != "@"]


def phrases(card: Scorecard, name: str) -> list[Phrases]:
    return [rule for rule in walk(card.question(name).judge) if isinstance(rule, Phrases)]


def test_lines_that_do_not_change_stay_to_the_byte() -> None:
    fitted = replace(
        FIRST, phrases=("hello there", "good evening", 'so "nice": yes # é'), threshold=0.5
    )
    new = rewritten(BLOCK, "card.yaml", "first", FIRST, fitted)
    assert new == (
        BLOCK.replace("threshold: 0.95\n  ", "threshold: 0.5\n  ")
        .replace("                - 'good morning'   # before noon\n", "")
        .replace("evening\n", 'evening\n                - "so \\"nice\\": yes # é"\n')
    )  # fmt: skip
    assert phrases(loads(new), "first") == [fitted]
    assert others(loads(new), "first") == others(loads(BLOCK), "first")


def test_a_key_that_is_missing_is_put_in() -> None:
    new = rewritten(BLOCK, "c", "first", FIRST, replace(FIRST, not_like=("bye", "not now")))
    assert diff(BLOCK, new) == ['+              not_like: ["bye", "not now"]']
    plain = BLOCK.replace("              threshold: 0.95\n", "")
    given = replace(FIRST, threshold=0.55)
    new = rewritten(plain, "c", "first", given, replace(given, threshold=0.61))
    assert diff(plain, new) == ["+              threshold: 0.61"]


def test_a_rule_in_one_line() -> None:
    fitted = Phrases(("hello there", "dear all"), ("bye",), 0.4)
    new = rewritten(BLOCK, "c", "second", SECOND, fitted)
    assert new.splitlines()[-1] == (
        '        judge: {kind: phrases, not_like: ["bye"], '
        'phrases: [hello there, "dear all"], threshold: 0.4}'
    )
    assert new.splitlines()[:-1] == BLOCK.splitlines()[:-1]
    assert phrases(loads(new), "second") == [fitted]


def test_line_ends_of_the_file_are_kept() -> None:
    text = BLOCK.replace("\n", "\r\n")
    new = rewritten(text, "c", "first", FIRST, replace(FIRST, phrases=(*FIRST.phrases, "ahoy")))
    assert new == text.replace(
        "- good evening\r\n", '- good evening\r\n                - "ahoy"\r\n'
    )


def test_a_list_at_the_end_of_a_file_without_a_last_line_end() -> None:
    text = BLOCK[: BLOCK.index("              who: agent")].rstrip("\n")
    new = rewritten(text, "c", "first", FIRST, replace(FIRST, phrases=(*FIRST.phrases, "ahoy")))
    assert new == text + '\n                - "ahoy"\n'


def test_an_anchor_inside_the_question_changes_both_places() -> None:
    text = BLOCK.replace("judge:\n          any_of", "judge: &j\n          any_of")
    text = text.replace("      - id: second", "        when: {any_of: [*j]}\n      - id: second")
    fitted = replace(FIRST, threshold=0.5)
    new = rewritten(text, "c", "first", FIRST, fitted)
    assert diff(text, new) == ["-              threshold: 0.95", "+              threshold: 0.5"]
    asked = loads(new).question("first")
    assert [rule for rule in walk(asked.when) if isinstance(rule, Phrases)] == [fitted]


def test_an_anchor_shared_with_another_question_does_not_move_it() -> None:
    text = BLOCK.replace("judge:\n          any_of", "judge: &j\n          any_of")
    text = text[: text.index("judge: {")] + "judge: *j\n"
    new = rewritten(text, "c", "first", FIRST, replace(FIRST, threshold=0.5))
    assert phrases(loads(new), "first") == [replace(FIRST, threshold=0.5)]
    assert others(loads(new), "first") == others(loads(text), "first")
    assert "#" not in new


def test_an_item_of_a_checklist() -> None:
    text = BLOCK[: BLOCK.index("      - id: second")] + (
        "      - id: list\n        text: says\n        type: checklist\n        points: 2\n"
        "        items:\n"
        "          - {id: a, text: a, judge: {kind: phrases, phrases: [hello there]}}\n"
        "          - {id: b, text: b, judge: {kind: phrases, phrases: [hello there]}}\n"
    )
    given = Phrases(("hello there",))
    new = rewritten(text, "c", "list.b", given, Phrases(("ahoy",)))
    assert diff(text, new) == [
        "-          - {id: b, text: b, judge: {kind: phrases, phrases: [hello there]}}",
        '+          - {id: b, text: b, judge: {kind: phrases, phrases: ["ahoy"]}}',
    ]


@pytest.mark.parametrize("name", ["greeting", "further_help"])
def test_no_other_question_of_the_packaged_card_moves(name: str) -> None:
    text = (files("cintel.quality") / "scorecards" / "general-service.yaml").read_text("utf-8")
    card = loads(text)
    given = phrases(card, name)[0]
    fitted = replace(
        given, phrases=(*given.phrases[1:], "a new line"), not_like=("not that",), threshold=0.41
    )
    new = rewritten(text, "c", name, given, fitted)
    assert phrases(loads(new), name)[0] == fitted
    assert others(loads(new), name) == others(card, name)
    assert loads(new).version != card.version
    before, after = Counter(text.splitlines()), Counter(new.splitlines())
    assert (before - after).total() == 1 + 1 + len(given.not_like)
    assert [line.strip() for line in after - before] == [
        "threshold: 0.41", '- "a new line"', '- "not that"',
    ]  # fmt: skip


def test_a_text_that_is_no_scorecard() -> None:
    with pytest.raises(ScorecardError, match=r"card\.yaml"):
        rewritten("name: [", "card.yaml", "q", FIRST, SECOND)
