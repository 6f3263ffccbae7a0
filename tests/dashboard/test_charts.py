from __future__ import annotations

from typing import Any

from pandas import DataFrame, Timestamp

from cintel.dashboard import charts, maps, palette

DAYS = [Timestamp("2026-03-01"), Timestamp("2026-03-02"), Timestamp("2026-03-04")]


def _course(**columns: Any) -> DataFrame:
    values: dict[str, Any] = {
        "day": DAYS,
        "conversations": [2, 3, 1],
        "frustration": [0.4, None, 0.9],
        "sentiment": [0.2, -0.3, 0.0],
        "csat": [4.0, 3.0, 1.0],
        "qa_score": [80.0, 90.0, None],
        "auto_failed": [0.0, 0.5, None],
    }
    return DataFrame(values | columns)


def test_panels_draw_each_measure_over_the_same_days() -> None:
    measures = (charts.VOLUME, charts.FRUSTRATION, charts.SENTIMENT, charts.CSAT)
    figure = charts.panels(_course(), measures, 2, 400)
    bars, line, feeling, stars = figure.data
    assert list(bars.y) == [2, 3, 1]
    assert (bars.type, line.type) == ("bar", "scatter")
    assert list(line.y)[::2] == [0.4, 0.9]
    assert list(feeling.marker.color) == [palette.POSITIVE, palette.NEGATIVE, palette.POSITIVE]
    assert [note.text for note in figure.layout.annotations] == [m.title for m in measures]
    assert tuple(figure.layout.yaxis2.range) == (-0.03, 1.03)
    assert tuple(figure.layout.yaxis3.range) == (-0.52, 0.52)
    assert tuple(stars.y) == (4.0, 3.0, 1.0)
    assert figure.layout.yaxis.dtick == 1
    assert figure.layout.height == 400


def test_strong_sentiment_gets_the_whole_axis() -> None:
    figure = charts.panels(_course(sentiment=[0.9, -0.3, 0.0]), (charts.SENTIMENT,), 1, 200)
    assert tuple(figure.layout.yaxis.range) == (-1.06, 1.06)


def test_few_days_are_each_named_on_the_axis() -> None:
    figure = charts.panels(_course(), (charts.VOLUME,), 1, 200)
    assert [Timestamp(tick) for tick in figure.layout.xaxis.tickvals] == DAYS


def test_comparison_puts_the_agent_before_everybody() -> None:
    own = _course(qa_score=[70.0, None, 60.0])
    figure = charts.comparison(own, _course(), charts.QUALITY, 200)
    everybody, agent = figure.data
    assert (everybody.name, agent.name) == ("All agents", "This agent")
    assert (everybody.line.color, agent.line.color) == (palette.NEUTRAL, palette.QUALITY)
    assert next(iter(agent.y)) == 70.0
    assert figure.layout.showlegend is True


def test_intents_beyond_the_leading_ones_go_together() -> None:
    frame = DataFrame(
        [(DAYS[0], "a", 3), (DAYS[0], "b.c_d", 2), (DAYS[1], "c", 1), (DAYS[1], "a", 1),
         (DAYS[1], "d", 1)],
        columns=["day", "intent", "conversations"],
    )  # fmt: skip
    figure = charts.intents_over_time(frame, 300, top=2)
    assert {trace.name: list(trace.y) for trace in figure.data} == {
        "A": [3, 1], "B · c d": [2, 0], "Other intents": [0, 2],
    }  # fmt: skip


def test_top_intents_are_longest_at_the_top() -> None:
    frame = DataFrame(
        {"intent": ["card.lost", "refund", "x"], "conversations": [9, 4, 1],
         "frustration": [0.25, None, 1.0]}
    )  # fmt: skip
    bars = maps.top_intents(frame, 300, top=2).data[0]
    assert list(bars.y) == ["Refund", "Card · lost"]
    assert list(bars.x) == [4, 9]
    assert list(bars.text) == ["4  ·  –", "9  ·  0.25"]


def test_the_week_has_a_row_a_day_and_gaps_where_nobody_called() -> None:
    frame = DataFrame(
        {"weekday": [0, 2], "hour": [9, 11], "conversations": [3, 8], "frustration": [0.5, 0.1]}
    )
    heat = maps.week_heatmap(frame, "conversations", 300).data[0]
    assert heat.z.shape == (7, 3)
    assert (heat.z[0][0], heat.z[2][2]) == (3, 8)
    assert heat.z[1][1] != heat.z[1][1]
    assert list(heat.x) == ["9:00", "10:00", "11:00"]
    assert maps.week_heatmap(frame, "frustration", 300).data[0].zmax == 1


def test_pass_heatmap_keeps_the_order_of_the_questions() -> None:
    frame = DataFrame(
        [("ann", "closing", 1.0), ("ann", "greeting", 0.5), ("bob", "closing", None)],
        columns=["agent_id", "question", "final_rate"],
    )
    heat = maps.pass_heatmap(frame, {"greeting": "Greeting", "closing": "Closing"}).data[0]
    assert list(heat.x) == ["Greeting", "Closing"]
    assert list(heat.y) == ["ann", "bob"]
    assert [list(row) for row in heat.text] == [["50 %", "100 %"], ["", ""]]


def test_pass_rates_are_red_where_the_agent_is_behind() -> None:
    frame = DataFrame({"question": ["a", "b"], "own": [0.2, 0.9], "all": [0.5, 0.6]})
    behind, ahead, everybody, own = maps.pass_rates(frame, {"a": "A", "b": "B"}).data
    assert (behind.line.color, ahead.line.color) == (palette.NEGATIVE, palette.POSITIVE)
    assert (list(everybody.x), list(own.x)) == ([0.5, 0.6], [0.2, 0.9])


def test_agreement_splits_reviewed_answers() -> None:
    frame = DataFrame({"question": ["a_b"], "reviewed": [5], "unchanged": [3]})
    confirmed, changed = maps.agreement(frame).data
    assert (list(confirmed.x), list(changed.x), list(changed.y)) == ([3], [2], ["A b"])
