from __future__ import annotations

from pathlib import Path

import pytest

from cintel.errors import ScorecardError
from cintel.quality import dumps, load_scorecard, loads
from cintel.quality.rules import AllOf, AnswerIs, Label, Metric, Pattern, Phrases, Within

GOOD = """\
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
        judge: {kind: phrases, phrases: [hello there], within: {first_turns: 2}}
  - name: rest
    title: Rest
    weight: 60
    questions:
      - id: quick
        text: No dead air?
        points: 5
        allow_na: true
        when: {kind: answer, question: hello, values: [yes]}
        judge: {kind: metric, metric: dead_air.longest, at_most: 10}
      - id: tone
        text: How is the tone?
        type: choice
        options:
          - answer: bad
            points: 0
            judge:
              all_of:
                - {kind: label, label: emotion, values: [anger], at_least: 0.5}
                - {kind: pattern, regex: "\\\\bstop\\\\b", must: not_say}
          - {answer: fine, points: 2.5}
"""


def fault(text: str) -> tuple[str, str, str]:
    with pytest.raises(ScorecardError) as caught:
        loads(text, where="small.yaml")
    return caught.value.where, caught.value.fault, caught.value.remedy


def change(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_every_field_is_read():
    card = loads(GOOD)
    assert (card.name, card.title, card.pass_mark) == ("small", "A small one", 70.0)
    assert [(s.name, s.weight) for s in card.sections] == [("start", 40.0), ("rest", 60.0)]
    hello, quick, tone = card.questions
    assert hello.judge == Phrases(("hello there",), within=Within(first_turns=2))
    assert (hello.type, hello.points, hello.allow_na, hello.critical) == ("yes_no", 5, False, None)
    assert quick.when == AnswerIs("hello", ("yes",))
    assert quick.judge == Metric("dead_air.longest", at_most=10.0)
    assert quick.allow_na is True
    assert tone.options[0].judge == AllOf(
        (
            Label("emotion", ("anger",), at_least=0.5),
            Pattern("\\bstop\\b", must="not_say"),
        )
    )
    assert (tone.possible, tone.answers) == (2.5, ("bad", "fine"))


def test_yaml_round_trip():
    card = loads(GOOD)
    assert loads(dumps(card)) == card
    packaged = load_scorecard("general-service")
    assert loads(dumps(packaged)) == packaged


def test_the_version_is_of_the_content_alone():
    version = loads(GOOD).version
    assert len(version) == 12
    assert int(version, 16) >= 0
    moved = change("name: small\ntitle: A small one\n", "# mine\ntitle: A small one\nname: small\n")
    assert loads(moved).version == version
    assert loads(change("weight: 40\n", "weight: 40.0  # opening\n")).version == version
    assert loads(dumps(loads(GOOD))).version == version
    assert loads(change("at_most: 10", "at_most: 11")).version != version
    assert loads(change("hello there", "hello, there")).version != version


MISTAKES = {
    "unknown key": (
        change("        allow_na: true", "        alow_na: true"),
        "small.yaml, line 20",
        "alow_na: unknown key",
        "Did you mean 'allow_na'?",
    ),
    "unknown key in a judge": (
        change("at_most: 10", "atmost: 10"),
        "small.yaml, line 22",
        "atmost: unknown key",
        "Did you mean 'at_most'?",
    ),
    "a kind where there is none": (
        change("text: No dead air?", "text: No dead air?\n        kind: yes_no"),
        "small.yaml, line 19",
        "kind: unknown key",
        "Did you mean 'id'?",
    ),
    "unknown key of a block": (
        change("    questions:\n      - id: quick", "    qestions:\n      - id: quick"),
        "small.yaml, line 16",
        "qestions: unknown key",
        "Did you mean 'questions'?",
    ),
    "missing key": (
        change("    weight: 40\n", ""),
        "small.yaml, line 5",
        "weight: is missing",
        "Add `weight:` here",
    ),
    "key twice": (
        change("    weight: 40\n", "    weight: 40\n    weight: 41\n"),
        "small.yaml, line 8",
        "weight: is given twice",
        "Keep one of them",
    ),
    "not a number": (
        change("pass_mark: 70", "pass_mark: high"),
        "small.yaml, line 3",
        "pass_mark: 'high' is not a number",
        "Write one, such as 10",
    ),
    "infinite": (
        change("pass_mark: 70", "pass_mark: .inf"),
        "small.yaml, line 3",
        "pass_mark: '.inf' is not a number",
        "Write one, such as 10",
    ),
    "not a flag": (
        change("allow_na: true", "allow_na: 1"),
        "small.yaml, line 20",
        "allow_na: '1' is not true or false",
        "Write one",
    ),
    "not a list": (
        change("phrases: [hello there]", "phrases: hello there"),
        "small.yaml, line 12",
        "phrases: must be a list of at least one",
        "Write `- ` lines or [a, b]",
    ),
    "empty phrases": (
        change("phrases: [hello there]", "phrases: []"),
        "small.yaml, line 12",
        "phrases: must be a list of at least one",
        "Write `- ` lines or [a, b]",
    ),
    "missing phrases": (
        change("phrases: [hello there], ", ""),
        "small.yaml, line 12",
        "phrases: is missing",
        "Add `phrases:` here",
    ),
    "blank phrase": (
        change("[hello there]", "['']"),
        "small.yaml, line 12",
        "phrases: is empty",
        "Write a text",
    ),
    "no value": (
        change("title: A small one", "title:"),
        "small.yaml, line 2",
        "title: must be one value",
        "Write it after the colon",
    ),
    "not a mapping": (
        "- a\n- b\n",
        "small.yaml, line 1",
        "scorecard: must be a mapping",
        "Write `key: value` lines",
    ),
    "weights": (
        change("weight: 60", "weight: 50"),
        "small.yaml, line 4",
        "sections: the weights add up to 90, not 100",
        "Change the weights: start 40, rest 50",
    ),
    "negative weight": (
        change("weight: 40", "weight: -40"),
        "small.yaml, line 7",
        "weight: must be above 0",
        "Give it a share",
    ),
    "pass mark": (
        change("pass_mark: 70", "pass_mark: 170"),
        "small.yaml, line 3",
        "pass_mark: is outside 0 to 100",
        "Write a percentage",
    ),
    "question twice": (
        change("id: quick", "id: hello"),
        "small.yaml, line 17",
        "id: 'hello' is used twice (first in line 9)",
        "Rename one",
    ),
    "section twice": (
        change("name: rest", "name: start"),
        "small.yaml, line 13",
        "name: 'start' is used twice (first in line 5)",
        "Rename one",
    ),
    "unknown kind": (
        change("kind: metric", "kind: metrics"),
        "small.yaml, line 22",
        "judge.kind: unknown kind 'metrics'",
        "Did you mean 'metric'?",
    ),
    "no kind": (
        change("{kind: metric, metric", "{metric"),
        "small.yaml, line 22",
        "judge: has no `kind`",
        "Add `kind:`, one of phrases, pattern, repeated, metric, label, llm, human, answer, "
        "channel",
    ),
    "no judge": (
        change("        judge: {kind: metric, metric: dead_air.longest, at_most: 10}\n", ""),
        "small.yaml, line 17",
        "judge: is missing",
        "Add `judge:` with its `kind`",
    ),
    "a condition as judge": (
        change(
            "{kind: metric, metric: dead_air.longest, at_most: 10}",
            "{kind: channel, values: [call]}",
        ),
        "small.yaml, line 22",
        "kind: 'channel' is a condition, not a judge",
        "Use it in when",
    ),
    "unknown metric": (
        change("dead_air.longest", "dead_air.longst"),
        "small.yaml, line 22",
        "metric: unknown metric 'dead_air.longst'",
        "Did you mean 'dead_air.longest'?",
    ),
    "no limit": (
        change(", at_most: 10", ""),
        "small.yaml, line 22",
        "metric: has no limit",
        "Add `at_least:` or `at_most:`",
    ),
    "bad expression": (
        change('"\\\\bstop\\\\b"', '"(stop"'),
        "small.yaml, line 32",
        "regex: not a regular expression: missing ), unterminated subpattern at position 0",
        "Correct it",
    ),
    "unknown label": (
        change("label: emotion", "label: emotions"),
        "small.yaml, line 31",
        "label: unknown value 'emotions'",
        "Did you mean 'emotion'?",
    ),
    "unknown move": (
        change("label: emotion, values: [anger]", "label: move, values: [greting]"),
        "small.yaml, line 31",
        "values: unknown move 'greting'",
        "Did you mean 'greeting'?",
    ),
    "values of frustration": (
        change("label: emotion", "label: frustration"),
        "small.yaml, line 31",
        "values: frustration is a score",
        "Use `at_least:` alone",
    ),
    "threshold": (
        change("within: {first_turns: 2}", "threshold: 1.5"),
        "small.yaml, line 12",
        "threshold: must lie between 0 and 1",
        "Try 0.55",
    ),
    "no place": (
        change("{first_turns: 2}", "{first_turns: 0}"),
        "small.yaml, line 12",
        "within: has no limit",
        "Add `first_turns:` or another",
    ),
    "turns after nothing": (
        change("{first_turns: 2}", "{first_turns: 2, turns: 2}"),
        "small.yaml, line 12",
        "turns: counts turns after something",
        "Write `after:` a rule, `turns:` 2",
    ),
    "no turns after": (
        change("{first_turns: 2}", "{after: {kind: pattern, regex: hi}, turns: 0}"),
        "small.yaml, line 12",
        "turns: must be above 0",
        "Write `after:` a rule, `turns:` 2",
    ),
    "before a figure": (
        change("{first_turns: 2}", "{before: {kind: metric, metric: duration, at_least: 1}}"),
        "small.yaml, line 12",
        "before: needs rules of words that are said",
        "Use `phrases`, `pattern`, `label` or `any_of` of them",
    ),
    "after what is not said": (
        change("{first_turns: 2}", "{after: {kind: pattern, regex: hi, must: not_say}}"),
        "small.yaml, line 12",
        "must: words that are not said have no place",
        "Remove it",
    ),
    "after another answer": (
        change("{first_turns: 2}", "{after: {kind: answer, question: quick, values: [yes]}}"),
        "small.yaml, line 12",
        "kind: 'answer' is a condition, not a judge",
        "Use it in when",
    ),
    "order of figures": (
        change(
            "{kind: metric, metric: dead_air.longest, at_most: 10}",
            "{in_order: [{kind: pattern, regex: a}, {kind: metric, metric: duration, at_most: 1}]}",
        ),
        "small.yaml, line 22",
        "in_order: needs rules of words that are said",
        "Use `phrases`, `pattern`, `label` or `any_of` of them",
    ),
    "order of groups": (
        change(
            "{kind: metric, metric: dead_air.longest, at_most: 10}",
            "{in_order: [{all_of: [{kind: pattern, regex: hi}]}]}",
        ),
        "small.yaml, line 22",
        "in_order: needs rules of words that are said",
        "Use `phrases`, `pattern`, `label` or `any_of` of them",
    ),
    "repeats of nothing": (
        change(
            "{kind: metric, metric: dead_air.longest, at_most: 10}", "{kind: repeated, words: 0}"
        ),
        "small.yaml, line 22",
        "words: must be above 0",
        "Try 8",
    ),
    "half a turn": (
        change("{first_turns: 2}", "{first_turns: 1.5}"),
        "small.yaml, line 12",
        "first_turns: '1.5' is not a number",
        "Write one, such as 10",
    ),
    "when on an unknown question": (
        change("question: hello", "question: helo"),
        "small.yaml, line 21",
        "question: no question 'helo'",
        "Did you mean 'hello'?",
    ),
    "when on an unknown answer": (
        change("values: [yes]", "values: [yess]"),
        "small.yaml, line 21",
        "values: no answer 'yess'",
        "Did you mean 'yes'?",
    ),
    "when on a number": (
        change("text: Says hello?", "text: Says hello?\n        type: number").replace(
            "{kind: phrases, phrases: [hello there], within: {first_turns: 2}}",
            "{kind: metric, metric: duration, at_least: 60}",
        ),
        "small.yaml, line 22",
        "question: 'hello' has no answers to name",
        "For a number, use `kind: metric`",
    ),
    "circular when": (
        change(
            "text: Says hello?",
            "text: Says hello?\n        when: {kind: answer, question: quick, values: [no]}",
        ),
        "small.yaml, line 11",
        "when: circular: hello -> quick -> hello",
        "Remove one of the conditions",
    ),
    "when on itself": (
        change("question: hello", "question: quick"),
        "small.yaml, line 21",
        "when: circular: quick -> quick",
        "Remove one of the conditions",
    ),
    "points and options": (
        change("type: choice", "type: choice\n        points: 5"),
        "small.yaml, line 26",
        "points: choice has its points in the options",
        "Remove it",
    ),
    "choice without options": (
        change("text: No dead air?", "text: No dead air?\n        type: choice"),
        "small.yaml, line 17",
        "options: choice needs options",
        "Add them",
    ),
    "options of a yes_no": (
        change("type: choice", "type: yes_no"),
        "small.yaml, line 26",
        "options: yes_no takes no options",
        "Use type choice",
    ),
    "no points": (
        change("        text: No dead air?\n        points: 5\n", "        text: No dead air?\n"),
        "small.yaml, line 17",
        "points: yes_no needs points",
        "Add `points:`",
    ),
    "points of zero": (
        change("text: No dead air?\n        points: 5", "text: No dead air?\n        points: 0"),
        "small.yaml, line 19",
        "points: must be above 0",
        "Give the best answer points",
    ),
    "a scale in words": (
        change("type: choice", "type: scale"),
        "small.yaml, line 27",
        "answer: a scale counts in numbers",
        "Write 1 or 1.5",
    ),
    "the same option": (
        change("answer: fine", "answer: bad"),
        "small.yaml, line 26",
        "options: an answer is given twice",
        "Rename one",
    ),
    "a number without a metric": (
        change("text: Says hello?", "text: Says hello?\n        type: number"),
        "small.yaml, line 13",
        "judge: a number is a metric",
        "Use `kind: metric`",
    ),
    "critical bonus": (
        change(
            "text: No dead air?", "text: No dead air?\n        bonus: true\n        critical: form"
        ),
        "small.yaml, line 19",
        "bonus: a critical question cannot be one",
        "Drop one",
    ),
    "bonus only": (
        change("text: Says hello?", "text: Says hello?\n        bonus: true"),
        "small.yaml, line 8",
        "questions: all are bonus or comments",
        "Add one that counts",
    ),
    "rubric missing": (
        change("{kind: metric, metric: dead_air.longest, at_most: 10}", "{kind: llm}"),
        "small.yaml, line 22",
        "rubric: is missing",
        "Add `rubric:` here",
    ),
    "person with a rubric": (
        change("{kind: metric, metric: dead_air.longest, at_most: 10}", "{kind: human, rubric: x}"),
        "small.yaml, line 22",
        "rubric: unknown key",
        "Use one of: ",
    ),
    "model inside a group": (
        change('{kind: pattern, regex: "\\\\bstop\\\\b", must: not_say}', "{kind: llm, rubric: x}"),
        "small.yaml, line 32",
        "kind: 'llm' answers a whole question, not a part of it",
        "Make it the judge of a question of its own; `when` may ask for that answer",
    ),
    "person in when": (
        change("{kind: answer, question: hello, values: [yes]}", "{kind: human}"),
        "small.yaml, line 21",
        "kind: 'human' answers a whole question, not a part of it",
        "Make it the judge of a question of its own; `when` may ask for that answer",
    ),
    "two judges": (
        change("type: choice", "type: choice\n        judge: {kind: human}"),
        "small.yaml, line 30",
        "judge: the question has a judge for all its options",
        "Remove one",
    ),
    "number by a person": (
        change("id: quick", "id: quick\n        type: number").replace(
            "{kind: metric, metric: dead_air.longest, at_most: 10}", "{kind: human}"
        ),
        "small.yaml, line 23",
        "judge: a number is a metric",
        "Use `kind: metric`",
    ),
    "text with points": (
        change("text: No dead air?", "text: No dead air?\n        type: text"),
        "small.yaml, line 20",
        "points: a text is a comment, without points",
        "Remove it",
    ),
    "text by a rule": (
        change("text: No dead air?\n        points: 5", "text: No dead air?\n        type: text"),
        "small.yaml, line 22",
        "judge: no rule writes a text",
        "Use `kind: human` or `kind: llm`",
    ),
    "checklist without items": (
        change("text: No dead air?", "text: No dead air?\n        type: checklist"),
        "small.yaml, line 17",
        "items: checklist needs items",
        "Add them",
    ),
    "items of another type": (
        change("allow_na: true", "items: [{id: a, text: b, judge: {kind: human}}]"),
        "small.yaml, line 20",
        "items: yes_no takes no items",
        "Use type checklist",
    ),
    "checklist with a judge": (
        change(
            "allow_na: true",
            "type: checklist\n        items: [{id: a, text: b, judge: {kind: human}}]",
        ),
        "small.yaml, line 23",
        "judge: checklist has judges in its items",
        "Move it there",
    ),
    "item without a judge": (
        change("allow_na: true", "type: checklist\n        items:\n          - {id: a, text: b}"),
        "small.yaml, line 22",
        "judge: is missing",
        "Add `judge:` here",
    ),
    "item twice": (
        change(
            "        judge: {kind: metric, metric: dead_air.longest, at_most: 10}\n", ""
        ).replace(
            "allow_na: true",
            "type: checklist\n        items:\n          - {id: a, text: b, judge: {kind: human}}\n"
            "          - {id: a, text: c, judge: {kind: human}}",
        ),
        "small.yaml, line 23",
        "id: 'quick.a' is used twice (first in line 22)",
        "Rename one",
    ),
    "item that waits for nothing": (
        change("        judge: {kind: metric, metric: dead_air.longest, at_most: 10}\n", "")
        .replace(
            "allow_na: true",
            "type: checklist\n        items:\n          - {id: a, text: b, judge: {kind: human}}",
        )
        .replace("question: hello", "question: quick"),
        "small.yaml, line 23",
        "question: no question 'quick'",
        "Did you mean 'quick.a'?",
    ),
    "confirmed answer that is none": (
        change("allow_na: true", "confirm: [no, maybe]"),
        "small.yaml, line 20",
        "confirm: has no answer 'maybe'",
        "Use yes or no",
    ),
    "surer than sure": (
        change("allow_na: true", "sure: 65"),
        "small.yaml, line 20",
        "sure: must lie between 0 and 1",
        "Try 0.65",
    ),
    "syntax": (
        change("pass_mark: 70", "pass_mark: [70"),
        "small.yaml, line 4",
        "not YAML: expected ',' or ']', but got ':'",
        "Correct the syntax",
    ),
    "itself": (
        change(
            "judge: {kind: metric, metric: dead_air.longest, at_most: 10}",
            "judge: &a {any_of: [*a]}",
        ),
        "small.yaml, line 22",
        "alias: the mapping contains itself",
        "Write it out",
    ),
    "control character": (
        "name: \x00",
        "small.yaml",
        "not YAML: unacceptable character #x0000: special characters are not allowed\n"
        '  in "<unicode string>", position 6',
        "Correct the syntax",
    ),
    "empty": ("# nothing\n", "small.yaml", "is empty", "See docs/scorecards.md for an example"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_is_named_with_its_line(name: str):
    text, *expected = MISTAKES[name]
    assert fault(text) == tuple(expected)


def test_a_file_is_read_and_named(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_scorecard(path) == loads(GOOD)
    assert load_scorecard(str(path)) == loads(GOOD)
    path.write_text(GOOD.replace("weight: 60", "weight: 6"), encoding="utf-8")
    with pytest.raises(ScorecardError, match=r"mine\.yaml, line 4: sections: .* 46, not 100"):
        load_scorecard(path)


def test_a_file_of_another_encoding(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_bytes(GOOD.replace("small one", "schön").encode("latin-1"))
    with pytest.raises(ScorecardError, match="is not text"):
        load_scorecard(path)
    with pytest.raises(ScorecardError, match=r"cannot be read \(Is a directory\)"):
        load_scorecard(tmp_path)


def test_neither_a_file_nor_a_packaged_name():
    with pytest.raises(ScorecardError, match="one of: chat, collections, e-commerce"):
        load_scorecard("no-such-card")


def test_the_packaged_scorecard():
    card = load_scorecard("general-service")
    assert [section.name for section in card.sections] == [
        "opening",
        "verification",
        "service",
        "closing",
    ]
    assert [question.id for question in card.questions] == [
        "greeting",
        "offer_help",
        "identity_check",
        "card_read_back",
        "professional",
        "empathy",
        "ownership",
        "next_step",
        "hold_permission",
        "dead_air",
        "interruptions",
        "further_help",
        "closing",
    ]
    assert [q.id for q in card.questions if q.critical == "form"] == ["card_read_back"]
