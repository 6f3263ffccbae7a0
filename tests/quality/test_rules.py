from __future__ import annotations

from cintel.conversation import Metrics, SideMetrics, Stretches
from cintel.quality.rules import AllOf, AnyOf, ChannelIs, Metric, metric_names, metric_value, walk

METRICS = Metrics(
    duration=61.5,
    talk_ratio=None,
    interactivity=None,
    question_rate=None,
    overtalk_agent_rate=None,
    silence=Stretches(),
    dead_air=Stretches(count=2, longest=7.25),
    hold=Stretches(),
    overtalk=Stretches(),
    agent=SideMetrics(interruptions=3),
    customer=SideMetrics(),
)


def test_metric_names_are_the_numbers_of_metrics():
    names = metric_names()
    assert {"duration", "talk_ratio", "dead_air.longest", "hold.count"} <= set(names)
    assert {"agent.interruptions", "customer.sentiment_trend"} <= set(names)
    assert not {"dead_air", "dead_air.spans", "agent.sentiment_quarters"} & set(names)


def test_metric_value_follows_the_path():
    assert metric_value(METRICS, "duration") == 61.5
    assert metric_value(METRICS, "dead_air.longest") == 7.25
    assert metric_value(METRICS, "agent.interruptions") == 3.0
    assert metric_value(METRICS, "talk_ratio") is None


def test_every_metric_name_can_be_read():
    assert all(
        metric_value(METRICS, name) in (None, 0, 2, 3, 7.25, 61.5) for name in metric_names()
    )


def test_walk_goes_into_groups():
    call, short = ChannelIs(("call",)), Metric("duration", at_most=9.0)
    inner = AllOf((call, short))
    outer = AnyOf((inner, short))
    assert list(walk(outer)) == [outer, inner, call, short, short]
    assert list(walk(None)) == []
