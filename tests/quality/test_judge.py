from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import cintel.quality
from benchmarks.quality import judged, labelled, read_cases
from cintel import Analyzer
from cintel.conversation import (
    Answer,
    Channel,
    Conversation,
    Intent,
    Labels,
    Metrics,
    PiiSpan,
    Role,
    Scored,
    SideMetrics,
    Stretches,
    Turn,
    Word,
)
from cintel.language.encoder import Encoder
from cintel.quality import evaluate, load_scorecard, loads

ROLES: dict[str, Role] = {"A": "agent", "C": "customer"}
METRICS = Metrics(
    duration=60.0,
    talk_ratio=None,
    interactivity=None,
    question_rate=None,
    overtalk_agent_rate=None,
    silence=Stretches(),
    dead_air=Stretches(count=2, longest=12.0, spans=((5.0, 9.0), (20.0, 32.0))),
    hold=Stretches(),
    overtalk=Stretches(),
    agent=SideMetrics(interruptions=2),
    customer=SideMetrics(),
)
LINES = (
    "A: Hello there. Let me see where your parcel is, one moment.",
    "C: Thanks, it is quite late.",
    "A: It arrives on Monday. Goodbye.",
)


def talk(*lines: str, channel: Channel = "call") -> Conversation:
    turns = tuple(
        Turn(index, ROLES[line[0]], line[0], 10.0 * index, 10.0 * index + 5, line[3:])
        for index, line in enumerate(lines)
    )
    return Conversation("c", channel, "c", 10.0 * len(lines), turns)


def ask(
    judge: str,
    encoder: Encoder,
    conversation: Conversation | None = None,
    labels: dict[int, Labels] | None = None,
    extra: str = "",
) -> Answer:
    card = loads(
        "{name: n, title: t, pass_mark: 50, sections: [{name: s, title: S, weight: 100, "
        f"questions: [{{id: q, text: q, points: 2, sure: 0, judge: {judge}{extra}}}]}}]}}"
    )
    conversation = conversation or talk(*LINES)
    marked = tuple((labels or {}).get(turn.index, Labels()) for turn in conversation.turns)
    return evaluate(card, conversation, marked, METRICS, encoder).answers[0]


def test_phrases_match_by_meaning(encoder: Encoder):
    found = ask("{kind: phrases, phrases: [I will check the status of your delivery]}", encoder)
    assert (found.answer, found.points, found.possible) == ("yes", 2.0, 2.0)
    assert [item.quote for item in found.evidence] == ["Let me see where your parcel is"]
    assert (found.evidence[0].turn, found.evidence[0].start, found.evidence[0].end) == (0, 0.0, 5.0)
    assert "Let me see where your parcel is" in found.reason
    assert 0.5 <= found.confidence <= 1


def test_phrases_that_nobody_says(encoder: Encoder):
    found = ask("{kind: phrases, phrases: [your flight has been cancelled]}", encoder)
    assert (found.answer, found.points, found.possible) == ("no", 0.0, 2.0)
    assert found.confidence > 0.7


def test_phrases_look_at_one_side_only(encoder: Encoder):
    line = "phrases: [it is very late]"
    assert ask(f"{{kind: phrases, {line}}}", encoder).answer == "no"
    assert ask(f"{{kind: phrases, {line}, who: customer}}", encoder).answer == "yes"


def test_phrases_look_in_one_place_only(encoder: Encoder):
    bye = "{kind: phrases, phrases: [goodbye], within: {last_turns: 1}}"
    assert ask(bye, encoder).answer == "yes"
    assert ask(bye.replace("last", "first"), encoder).answer == "no"


def test_a_counter_example_wins_when_it_is_nearer(encoder: Encoder):
    judge = "{kind: phrases, phrases: [it will be here on Friday]%s}"
    assert ask(judge % "", encoder).answer == "yes"
    nearer = judge % ", not_like: [it will arrive Monday]"
    assert ask(nearer, encoder).answer == "no"


def test_phrases_that_must_not_be_said(encoder: Encoder):
    found = ask("{kind: phrases, phrases: [goodbye], must: not_say}", encoder)
    assert (found.answer, found.points) == ("no", 0.0)
    assert found.evidence[0].quote == "Goodbye."
    clean = ask("{kind: phrases, phrases: [shut your mouth], must: not_say}", encoder)
    assert (clean.answer, clean.points) == ("yes", 2.0)


def test_phrases_where_the_side_is_silent(encoder: Encoder):
    found = ask(
        "{kind: phrases, phrases: [goodbye], who: customer, within: {first_seconds: 1}}", encoder
    )
    assert (found.answer, found.reason) == ("no", "the customer says nothing there")


def test_a_quote_has_the_times_of_its_words(encoder: Encoder):
    words = ("It", "arrives", "on", "Monday.", "Goodbye.")
    timed = tuple(Word(word, 20.0 + i, 20.5 + i) for i, word in enumerate(words))
    plain = talk(*LINES)
    spoken = replace(plain, turns=(*plain.turns[:2], replace(plain.turns[2], words=timed)))
    found = ask("{kind: phrases, phrases: [goodbye]}", encoder, spoken)
    assert (found.evidence[0].start, found.evidence[0].end) == (24.0, 24.5)


def test_pattern(encoder: Encoder):
    found = ask("{kind: pattern, regex: 'on (mon|tues)day'}", encoder)
    assert found.answer == "yes"
    assert [(item.turn, item.quote) for item in found.evidence] == [(2, "on Monday")]
    assert ask("{kind: pattern, regex: parcel, who: customer}", encoder).answer == "no"
    assert ask("{kind: pattern, regex: parcel, must: not_say}", encoder).answer == "no"
    assert ask("{kind: pattern, regex: 'x*'}", encoder).answer == "no"


def test_pattern_reads_a_curly_apostrophe_as_a_straight_one(encoder: Encoder):
    curly = talk("A: I\u2019ll send it today to your home address.", "C: Thank you very much.")
    assert ask('{kind: pattern, regex: "i\'ll send"}', encoder, curly).answer == "yes"


def test_metric(encoder: Encoder):
    late = ask("{kind: metric, metric: dead_air.longest, at_most: 10}", encoder)
    assert late.answer == "no"
    assert late.reason == "dead_air.longest is 12, which is not at most 10"
    assert [(e.turn, e.quote, e.start, e.end) for e in late.evidence] == [
        (1, "Thanks, it is quite late.", 20.0, 32.0)
    ]
    assert ask("{kind: metric, metric: dead_air.longest, at_most: 12}", encoder).answer == "yes"
    two = ask("{kind: metric, metric: agent.interruptions, at_least: 1, at_most: 3}", encoder)
    assert (two.answer, two.evidence) == ("yes", ())


def test_metric_that_was_not_measured(encoder: Encoder):
    found = ask("{kind: metric, metric: talk_ratio, at_most: 0.5}", encoder)
    assert (found.answer, found.points, found.possible) == (None, 0.0, 0.0)
    assert found.reason == "not applicable: talk_ratio cannot be measured here"


def test_label_of_personal_data(encoder: Encoder):
    card = {0: Labels(pii=(PiiSpan("card", 6, 11),))}
    judge = "{kind: label, label: pii, values: [card], must: not_say}"
    found = ask(judge, encoder, labels=card)
    assert (found.answer, found.evidence[0].quote) == ("no", "there")
    assert ask(judge, encoder, labels={1: card[0]}).answer == "yes"
    assert ask(judge, encoder, labels={0: Labels(pii=(PiiSpan("phone", 6, 11),))}).answer == "yes"


def test_label_with_a_score(encoder: Encoder):
    judge = "{kind: label, label: emotion, values: [anger], at_least: 0.6, who: customer}"
    angry = {1: Labels(emotion=Scored("anger", 0.8))}
    found = ask(judge, encoder, labels=angry)
    assert (found.answer, found.evidence[0].turn) == ("yes", 1)
    assert ask(judge, encoder, labels={1: Labels(emotion=Scored("anger", 0.5))}).answer == "no"
    assert ask(judge, encoder, labels={0: angry[1]}).answer == "no"
    assert ask(judge, encoder, labels={1: Labels(emotion=Scored("fear", 0.9))}).answer == "no"


def test_label_of_sentiment_counts_its_strength(encoder: Encoder):
    judge = "{kind: label, label: sentiment, values: [negative], at_least: 0.5, who: any}"
    bad = {1: Labels(sentiment=Scored("negative", -0.7))}
    assert ask(judge, encoder, labels=bad).answer == "yes"


def test_label_of_frustration(encoder: Encoder):
    judge = "{kind: label, label: frustration, at_least: 0.5, who: customer}"
    assert ask(judge, encoder, labels={1: Labels(frustration=0.5)}).answer == "yes"
    assert ask(judge, encoder, labels={1: Labels(frustration=0.4)}).answer == "no"


def test_label_of_a_move_is_as_sure_as_its_chance(encoder: Encoder):
    judge = "{kind: label, label: move, values: [empathy, ownership], at_least: 0.5}"
    moves = (Scored("farewell", 0.9), Scored("empathy", 0.8), Scored("ownership", 0.3))
    kind = ask(judge, encoder, labels={0: Labels(moves=moves)})
    assert (kind.answer, kind.confidence, kind.evidence[0].turn) == ("yes", 0.8, 0)
    near = ask(judge, encoder, labels={0: Labels(moves=(Scored("ownership", 0.3),))})
    assert (near.answer, near.confidence) == ("no", 0.7)
    far = ask(judge, encoder, labels={0: Labels(moves=(Scored("farewell", 0.9),))})
    assert (far.answer, far.confidence) == ("no", 0.95)


def test_label_of_an_intent(encoder: Encoder):
    judge = "{kind: label, label: intent, values: [order.status], who: customer}"
    asked = {1: Labels(intents=(Intent("order.status", 0.7, 1),))}
    assert ask(judge, encoder, labels=asked).answer == "yes"
    assert ask(judge.replace("status", "cancel"), encoder, labels=asked).answer == "no"


YES, NO = "{kind: pattern, regex: parcel}", "{kind: pattern, regex: zebra}"
UNKNOWN = "{kind: metric, metric: talk_ratio, at_most: 1}"


@pytest.mark.parametrize(
    ("judge", "answer"),
    [
        (f"any_of: [{NO}, {YES}]", "yes"),
        (f"any_of: [{NO}, {NO}]", "no"),
        (f"any_of: [{UNKNOWN}, {NO}]", "no"),
        (f"any_of: [{UNKNOWN}, {UNKNOWN}]", None),
        (f"all_of: [{YES}, {YES}]", "yes"),
        (f"all_of: [{YES}, {NO}]", "no"),
        (f"all_of: [{YES}, {UNKNOWN}]", "yes"),
        (f"all_of: [{YES}, {{any_of: [{NO}, {YES}]}}]", "yes"),
    ],
)
def test_combined_judges(judge: str, answer: str | None, encoder: Encoder):
    assert ask(f"{{{judge}}}", encoder).answer == answer


@pytest.mark.parametrize(("judge", "answer"), [(YES, "yes"), (NO, None)])
def test_an_answer_that_a_person_confirms(judge: str, answer: str | None, encoder: Encoder):
    found = ask(judge, encoder, extra=", confirm: [no]")
    assert found.answer == answer
    assert found.unsure == (answer is None)
    assert found.suggested == (None if answer else "no")
    assert found.confidence == ask(judge, encoder).confidence
    assert found.reason.endswith("; a person confirms each no") == (answer is None)


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ("{kind: channel, values: [call, email]}", True),
        ("{kind: channel, values: [chat]}", False),
        (YES, True),
        (NO, False),
        (UNKNOWN, False),
        (f"{{any_of: [{{kind: channel, values: [chat]}}, {YES}]}}", True),
    ],
)
def test_when(when: str, asked: bool, encoder: Encoder):
    found = ask(YES, encoder, extra=f", when: {when}")
    assert found.answer == ("yes" if asked else None)
    assert found.possible == (2.0 if asked else 0.0)
    assert found.reason.startswith("not applicable: ") is not asked


CHAIN = """\
name: chain
title: Chain
pass_mark: 50
sections:
  - name: s
    title: S
    weight: 100
    questions:
      - id: last
        text: asked only if the middle one is answered with no
        points: 1
        when: {kind: answer, question: middle, values: [no]}
        judge: {kind: pattern, regex: monday}
      - id: middle
        text: asked only if the first one is answered with FIRST
        points: 1
        when: {kind: answer, question: first, values: [FIRST]}
        judge: {kind: pattern, regex: zebra}
      - id: first
        text: always asked
        points: 2
        judge: {kind: pattern, regex: parcel}
      - id: scale
        text: how late
        type: scale
        options:
          - {answer: 1, points: 0, judge: {kind: metric, metric: dead_air.longest, at_least: 60}}
          - {answer: 2, points: 1, judge: {kind: metric, metric: dead_air.longest, at_least: 12}}
          - {answer: 3, points: 2}
      - id: number
        text: how often does the agent interrupt
        type: number
        points: 4
        judge: {kind: metric, metric: agent.interruptions, at_most: 1}
      - id: choice
        text: how does it end
        type: choice
        options:
          - {answer: rudely, points: 0, judge: {kind: pattern, regex: zebra}}
          - {answer: politely, points: 3, judge: {kind: pattern, regex: goodbye}}
          - {answer: somehow, points: 1}
"""


def test_a_question_may_wait_for_one_further_down(encoder: Encoder):
    for first, expected in (("yes", ["yes", "no", "yes"]), ("no", [None, None, "yes"])):
        found = evaluate(
            loads(CHAIN.replace("FIRST", first)), talk(*LINES), (Labels(),) * 3, METRICS, encoder
        )
        assert [answer.answer for answer in found.answers[:3]] == expected


def test_every_type_of_question(encoder: Encoder):
    found = evaluate(
        loads(CHAIN.replace("FIRST", "yes")), talk(*LINES), (Labels(),) * 3, METRICS, encoder
    )
    assert [(a.question, a.answer, a.points, a.possible) for a in found.answers[3:]] == [
        ("scale", 2.0, 1.0, 2.0),
        ("number", 2.0, 0.0, 4.0),
        ("choice", "politely", 3.0, 3.0),
    ]
    assert found.score == 53.85  # (1 + 0 + 2 + 1 + 0 + 3) of (1 + 1 + 2 + 2 + 4 + 3)
    assert found.passed is True
    assert found.version == loads(CHAIN.replace("FIRST", "yes")).version


def test_a_condition_on_a_scale(encoder: Encoder):
    for value, answer in (("2", "yes"), ("3", None)):
        chained = CHAIN.replace(
            "question: first, values: [FIRST]", f"question: scale, values: [{value}]"
        )
        found = evaluate(
            loads(
                chained.replace(
                    "regex: zebra}\n      - id: first", "regex: parcel}\n      - id: first"
                )
            ),
            talk(*LINES),
            (Labels(),) * 3,
            METRICS,
            encoder,
        )
        assert found.answers[1].answer == answer


def test_below_the_evidence_floor(encoder: Encoder):
    found = evaluate(
        load_scorecard("general-service"), talk("A: Hello?"), (Labels(),), METRICS, encoder
    )
    assert (found.score, found.passed, found.answers) == (None, None, ())
    assert found.reason == "no customer turn"


class Counting:
    """The real encoder, with a count of what it is asked for."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.calls: list[Sequence[str]] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.calls.append(texts)
        return self.encoder.encode(texts)


def test_sentences_and_examples_are_encoded_once(encoder: Encoder):
    counting = Counting(encoder)
    card = load_scorecard("general-service")
    for _ in range(2):
        evaluate(card, talk(*LINES), (Labels(),) * 3, METRICS, counting)
    assert len(counting.calls) == 3
    assert all(len(set(texts)) == len(texts) for texts in counting.calls)


def test_vectors_of_a_card_without_phrases():
    class Nothing:
        def encode(self, texts: Sequence[str]) -> Any:
            return np.zeros((len(texts), 4), dtype=np.float32)

    card = loads(CHAIN.replace("FIRST", "yes"))
    assert evaluate(card, talk(*LINES), (Labels(),) * 3, METRICS, Nothing()).score == 53.85


def test_a_card_number_read_aloud_fails_the_form(encoder: Encoder):
    lines = ("A: Your card is 4111 1111 1111 1111, correct?", "C: Yes that is the number I have.")
    labels = (Labels(pii=(PiiSpan("card", 13, 32),)), Labels())
    found = evaluate(load_scorecard("general-service"), talk(*lines), labels, METRICS, encoder)
    assert (found.score, found.passed, found.auto_failed) == (0.0, False, True)
    answer = next(a for a in found.answers if a.question == "card_read_back")
    assert (answer.answer, answer.evidence[0].quote) == ("no", "4111 1111 1111 1111"[:19])


def test_the_general_scorecard_on_the_development_conversations():
    right: dict[str, list[bool]] = defaultdict(list)
    analyzer = Analyzer()
    cases = [labelled(case, analyzer) for case in read_cases()]
    for case, answer, given in judged(cases, analyzer.reader.encoder):
        right[answer.question].append(given == case.truth[answer.question])
        assert answer.reason
        assert 0.5 <= answer.confidence <= 1
        for item in answer.evidence:
            assert item.quote in case.conversation.turns[item.turn].text
    shares = {name: sum(marks) / len(marks) for name, marks in right.items()}
    assert len(shares) == 13
    assert min(shares.values()) >= 0.75, shares
    assert sum(shares.values()) / len(shares) >= 0.9


def test_public_names_are_sorted_and_there():
    names = cintel.quality.__all__
    assert sorted(names) == names
    assert all(hasattr(cintel.quality, name) for name in names)
