from __future__ import annotations

import pytest

from cintel.conversation import Acoustics, Conversation, Labels, Metrics, Scored, Turn
from cintel.insight import measure

TALK = "some words that are no backchannel"


def conversation(*rows, duration=100.0, channel="call"):
    turns = tuple(
        Turn(index, role, role, start, end, text)
        for index, (role, start, end, text) in enumerate(rows)
    )
    return Conversation("c", channel, "c.wav", duration, turns)


def measured(*rows, labels=None, acoustics=None, **keywords) -> Metrics:
    labels = labels or (Labels(),) * len(rows)
    return measure(conversation(*rows, **keywords), labels, acoustics or Acoustics())


def test_an_empty_call_is_silent_and_has_no_rates():
    metrics = measured()
    assert (metrics.silence.total, metrics.dead_air.total, metrics.silence.share) == (
        100.0,
        100.0,
        1.0,
    )
    assert (metrics.talk_ratio, metrics.question_rate, metrics.overtalk_agent_rate) == (None,) * 3
    assert metrics.interactivity == 0.0
    assert metrics.agent.speech_rate is None
    assert metrics.agent.response_median is None
    assert metrics.agent.sentiment_quarters == (None,) * 4


def test_a_call_without_length_has_no_rates():
    metrics = measured(("agent", 0.0, 0.0, "Hello?"), duration=0.0)
    assert (metrics.interactivity, metrics.question_rate, metrics.talk_ratio) == (None, None, None)
    assert metrics.silence.count == 0


def test_other_roles_are_silence_but_not_dead_air():
    metrics = measured(
        ("system", 0.0, 8.0, TALK),
        ("agent", 10.0, 20.0, TALK),
        ("unknown", 21.0, 30.0, TALK),
        duration=34.0,
    )
    assert metrics.silence.spans == ((0.0, 10.0), (20.0, 34.0))
    assert metrics.dead_air.spans == ((30.0, 34.0),)
    assert (metrics.talk_ratio, metrics.interactivity) == (1.0, 0.0)
    assert metrics.customer.turns == 0


def test_dead_air_is_over_three_seconds():
    rows = ("agent", 0.0, 1.0, TALK), ("agent", 4.0, 5.0, TALK), ("agent", 8.001, 9.0, TALK)
    assert measured(*rows, duration=9.0).dead_air.spans == ((5.0, 8.001),)


def test_hold_is_no_dead_air():
    metrics = measured(("agent", 0.0, 4.0, TALK), acoustics=Acoustics(music=((8.0, 90.0),)))
    assert metrics.hold.spans == ((8.0, 90.0),)
    assert metrics.dead_air.spans == ((4.0, 8.0), (90.0, 100.0))


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        (9.0, TALK, 1),
        (8.999, TALK, 0),
        (9.9, TALK, 1),
        (10.0, TALK, 0),
        (9.0, "Okay.", 0),
        (9.0, "Wait.", 1),
    ],
)
def test_interruption(start, text, expected):
    metrics = measured(("customer", 1.0, 10.0, TALK), ("agent", start, 15.0, text))
    assert metrics.agent.interruptions == expected
    assert metrics.customer.interruptions == 0


def test_talking_over_a_backchannel_interrupts_nobody():
    metrics = measured(("customer", 1.0, 2.0, "Okay."), ("agent", 1.5, 9.0, TALK))
    assert metrics.agent.interruptions == 0
    assert metrics.overtalk_agent_rate == 1.0


def test_a_turn_that_goes_on_interrupts_nobody():
    rows = ("agent", 0.0, 5.0, TALK), ("customer", 4.9, 5.5, TALK), ("agent", 5.2, 9.0, TALK)
    metrics = measured(*rows)
    assert (metrics.agent.interruptions, metrics.overtalk_agent_rate) == (0, 0.0)
    later = measured(*rows[:2], ("agent", 5.3, 9.0, TALK))
    assert (later.agent.interruptions, later.overtalk_agent_rate) == (1, 0.5)


def test_starting_together_starts_nothing():
    metrics = measured(("customer", 1.0, 1.5, TALK), ("agent", 1.0, 9.0, TALK))
    assert (metrics.overtalk.count, metrics.overtalk_agent_rate) == (1, 0.0)
    assert metrics.agent.interruptions == 0


@pytest.mark.parametrize(("end", "count", "rate"), [(5.2, 1, 1.0), (5.199, 0, 0.0)])
def test_overtalk_lasts_a_fifth_of_a_second(end, count, rate):
    metrics = measured(("customer", 1.0, end, TALK), ("agent", 5.0, 9.0, TALK))
    assert (metrics.overtalk.count, metrics.overtalk_agent_rate) == (count, rate)


def test_monologue_runs_over_backchannels_only():
    start, end = ("agent", 0.0, 10.0, TALK), ("agent", 12.0, 20.0, TALK)
    assert measured(start, ("customer", 10.5, 11.0, "Right."), end).agent.monologue == 20.0
    assert measured(start, ("customer", 10.5, 11.0, "Not right."), end).agent.monologue == 10.0


def test_a_hold_breaks_a_monologue():
    rows = ("agent", 0.0, 5.0, "Please hold the line for me."), ("agent", 40.0, 47.0, TALK)
    assert measured(*rows).agent.monologue == 7.0


def test_someone_who_only_listens_holds_no_monologue():
    rows = (
        ("agent", 0.0, 40.0, TALK),
        ("customer", 3.0, 3.5, "Yeah."),
        ("customer", 20.0, 21.0, "Okay."),
    )
    metrics = measured(*rows)
    assert (metrics.agent.monologue, metrics.customer.monologue) == (40.0, 0.0)


def test_someone_talked_over_does_not_join_the_others_turns():
    shout = ("customer", 3.0, 5.0, TALK), ("customer", 20.0, 22.0, TALK)
    assert measured(("agent", 0.0, 40.0, TALK), *shout).customer.monologue == 2.0


def test_questions_by_mark_or_label():
    rows = (
        ("agent", 0.0, 1.0, "Is it blue? "),
        ("agent", 2.0, 3.0, "And what is your name"),
        ("agent", 4.0, 5.0, "Is it? I see."),
        ("customer", 6.0, 7.0, "Why?"),
    )
    question, inform = Labels(act=Scored("question", 0.6)), Labels(act=Scored("inform", 0.9))
    metrics = measured(*rows, labels=(inform, question, inform, question), duration=60.0)
    assert metrics.question_rate == 2.0


def test_loudness_needs_seconds_with_speech():
    levels = (None, -20.0, -30.0, None)
    acoustics = Acoustics(loudness={"agent": levels})
    metrics = measured(("agent", 0.2, 3.0, TALK), acoustics=acoustics, duration=9.0)
    # Between two values the 5th and the 95th percentile lie 9 tenths of their distance apart.
    assert (metrics.agent.loudness, metrics.agent.loudness_range) == (-25.0, 9.0)
    silent = measured(("agent", 3.0, 5.0, TALK), acoustics=acoustics, duration=9.0)
    assert (silent.agent.loudness, silent.agent.loudness_range) == (None, None)
    assert metrics.customer.loudness is None


def test_sentiment_weighs_words_and_skips_what_has_no_label():
    rows = (
        ("customer", 0.0, 1.0, "one two three"),
        ("customer", 30.0, 31.0, "one"),
        ("customer", 99.0, 100.0, "not labelled"),
    )
    labels = (
        Labels(sentiment=Scored("negative", -0.8)),
        Labels(sentiment=Scored("positive", 0.4)),
        Labels(),
    )
    customer = measured(*rows, labels=labels).customer
    assert customer.sentiment == -0.5
    assert customer.sentiment_quarters == (-0.8, 0.4, None, None)
    assert customer.sentiment_trend == 1.2


def test_one_quarter_is_no_trend():
    labels = (Labels(sentiment=Scored("negative", -0.8)),)
    assert measured(("customer", 0.0, 1.0, "no"), labels=labels).customer.sentiment_trend is None


def test_every_turn_needs_its_labels():
    with pytest.raises(ValueError, match="zip"):
        measure(conversation(("agent", 0.0, 1.0, TALK)), (), Acoustics())
