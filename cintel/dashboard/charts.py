"""Figures over time, from tables of the store; their first column is a day or a week.

Fonts, grids and grounds come from Streamlit's theme, so that a figure fits light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cintel.dashboard import formats, palette

if TYPE_CHECKING:
    from pandas import DataFrame
    from plotly.graph_objects import Figure

LEGEND_ABOVE = {
    "orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom",
}  # fmt: skip
MARGIN = {"l": 8, "r": 8, "t": 34, "b": 8}


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of a table as a panel: ``low`` and ``high`` fix the axis, None leaves it free."""

    column: str
    title: str
    color: str
    low: float | None = 0.0
    high: float | None = None
    tick: str = ""
    bars: bool = False


VOLUME = Measure("conversations", "Conversations", palette.VOLUME, tick="d", bars=True)
FRUSTRATION = Measure("frustration", "Customer frustration, 0 to 1", palette.FRUSTRATION, high=1.0)
SENTIMENT = Measure(
    "sentiment", "Customer sentiment, −1 to 1", palette.POSITIVE, low=-1.0, high=1.0, bars=True
)
QUALITY = Measure("qa_score", "QA score, 0 to 100", palette.QUALITY, high=100.0)
CSAT = Measure("csat", "Predicted satisfaction, 1 to 5", palette.CUSTOMER, low=1.0, high=5.0)
AUTO_FAILED = Measure(
    "auto_failed", "Automatic fails, share", palette.NEGATIVE, high=1.0, tick=".0%", bars=True
)


def panels(frame: DataFrame, measures: Sequence[Measure], columns: int, height: int) -> Figure:
    """Small multiples that share their time axis, one panel a measure."""
    from plotly.subplots import make_subplots

    rows = -(-len(measures) // columns)
    figure = make_subplots(
        rows,
        columns,
        shared_xaxes="all",
        subplot_titles=[measure.title for measure in measures],
        vertical_spacing=0.32 / rows,
        horizontal_spacing=0.07,
    )
    for place, measure in enumerate(measures):
        at = {"row": place // columns + 1, "col": place % columns + 1}
        figure.add_trace(_trace(frame, measure), **at)
        figure.update_yaxes(**_axis(frame, measure), **at)
    figure.update_annotations(font={"size": 13}, x=0, xanchor="left", yshift=2)
    for place, note in enumerate(figure.layout.annotations):
        note.x = figure.layout[f"xaxis{place + 1 if place else ''}"].domain[0]
    return finish(figure, height, frame.iloc[:, 0])


def comparison(own: DataFrame, all_of_them: DataFrame, measure: Measure, height: int) -> Figure:
    """One measure of an agent in colour over the same of everybody in grey."""
    from plotly.graph_objects import Figure

    figure = Figure()
    everybody = Measure(measure.column, "All agents", palette.NEUTRAL)
    agent = Measure(measure.column, "This agent", measure.color)
    for frame, line in ((all_of_them, everybody), (own, agent)):
        trace = _trace(frame, line)
        trace.fill, trace.name, trace.showlegend = None, line.title, True
        figure.add_trace(trace)
    figure.update_yaxes(range=_span(measure), nticks=5)
    figure = finish(figure, height, all_of_them.iloc[:, 0], title=measure.title)
    return figure.update_layout(legend=LEGEND_ABOVE)


def lines(frame: DataFrame, everybody: str, measure: Measure, height: int) -> Figure:
    """One measure by week, a line a name; everybody's is a broad grey one.

    Args:
        frame: ``week``, then the name, then the measure's column among others.
        everybody: the name under which everybody stands.
        measure: what to draw.
        height: pixels.
    """
    from plotly.graph_objects import Figure, Scatter

    figure, who = Figure(), frame.columns[1]
    names = [name for name in dict.fromkeys(frame[who]) if name != everybody]
    colors = dict(zip(names, palette.SERIES, strict=False)) | {everybody: palette.NEUTRAL}
    for name in (everybody, *names):
        own = frame[frame[who] == name]
        figure.add_trace(
            Scatter(
                x=own["week"], y=own[measure.column], name=name, mode="lines+markers",
                line={"color": colors[name], "width": 5 if name == everybody else 2},
                marker={"size": 6}, connectgaps=True, showlegend=True,
                hovertemplate="%{y:.0f}",
            )
        )  # fmt: skip
    figure.update_yaxes(range=_span(measure), nticks=5)
    figure = finish(figure, height, frame["week"], title=measure.title)
    return figure.update_layout(legend=LEGEND_ABOVE)


def intents_over_time(frame: DataFrame, height: int, top: int = 5) -> Figure:
    """Stacked bars of the most frequent intents a day or week; the others together in grey."""
    from plotly.graph_objects import Bar, Figure

    time = frame.columns[0]
    totals = frame.groupby("intent")["conversations"].sum()
    leading = list(totals.sort_values(ascending=False, kind="stable").index[:top])
    named = frame.assign(intent=frame["intent"].where(frame["intent"].isin(leading), ""))
    wide = named.pivot_table("conversations", time, "intent", aggfunc="sum", fill_value=0)
    figure = Figure()
    for place, name in enumerate([*leading, *([""] if "" in wide else [])]):
        label = formats.intent(name) if name else "Other intents"
        color = palette.SERIES[place] if name else palette.NEUTRAL
        figure.add_trace(
            Bar(x=wide.index, y=wide[name], name=label, marker_color=color, hovertemplate="%{y}")
        )
    figure.update_layout(barmode="stack")
    figure.update_yaxes(**count_axis(wide.sum(axis=1).max()))
    figure = finish(figure, height, wide.index.to_series(), title="Intents")
    legend = {"orientation": "v", "x": 1.01, "y": 1, "traceorder": "normal"}
    return figure.update_layout(showlegend=True, legend=legend)


def finish(figure: Figure, height: int, times: Any = None, title: str | None = None) -> Figure:
    """The look all figures share; ``times`` makes the x axis one of dates."""
    figure.update_layout(
        height=height,
        margin=MARGIN,
        showlegend=len([trace for trace in figure.data if trace.showlegend]) > 0,
        bargap=0.3,
        hovermode="x unified" if times is not None else "closest",
    )
    figure.update_layout(barcornerradius=3)
    if title is not None:
        figure.add_annotation(
            text=title, font={"size": 13}, showarrow=False, xref="paper", yref="paper",
            x=0, xanchor="left", y=1, yanchor="bottom", yshift=6,
        )  # fmt: skip
    if times is not None:
        figure.update_xaxes(type="date", hoverformat="%a %d %b %Y", **_ticks(times))
    return figure


def _ticks(times: Any) -> dict[str, Any]:
    distinct = sorted(set(times))
    if len(distinct) > 6:
        return {"nticks": 7, "tickformat": "%d %b"}
    return {"tickvals": distinct, "tickformat": "%d %b"}


def _axis(frame: DataFrame, measure: Measure) -> dict[str, Any]:
    """Fixed ends, so that two periods look alike; counts get whole ticks, sentiment its half."""
    values = frame[measure.column]
    axis: dict[str, Any] = {"tickformat": measure.tick, "nticks": 4}
    if measure.high is None:
        return count_axis(values.max())
    if measure.low == -1.0 and values.abs().max() <= 0.5:
        return axis | {"range": [-0.52, 0.52], "dtick": 0.5}
    if measure.low == 1.0:
        axis |= {"tickvals": [1, 3, 5]}
    return axis | {"range": _span(measure)}


def _span(measure: Measure) -> list[float]:
    """The ends of a fixed axis with room for half a marker."""
    low, high = measure.low or 0.0, measure.high or 1.0
    room = 0.03 * (high - low)
    return [low - room, high + room]


def count_axis(most: float) -> dict[str, Any]:
    """An axis of counts from zero, with ticks at whole numbers only."""
    return {"tickformat": "d", "rangemode": "tozero"} | (
        {"dtick": 1} if most <= 4 else {"nticks": 5}
    )


def _trace(frame: DataFrame, measure: Measure) -> Any:
    from plotly.graph_objects import Bar, Scatter

    times, values = frame.iloc[:, 0], frame[measure.column]
    places = measure.tick or ".2f" if measure.high != 100.0 else ".0f"
    hover = f"{measure.title.partition(',')[0]} %{{y:{places}}}<extra></extra>"
    if measure.bars:
        color: Any = measure.color
        if measure is SENTIMENT:
            color = [palette.NEGATIVE if value < 0 else palette.POSITIVE for value in values]
        return Bar(x=times, y=values, marker_color=color, hovertemplate=hover, showlegend=False)
    return Scatter(
        x=times,
        y=values,
        mode="lines+markers",
        line={"color": measure.color, "width": 2},
        marker={"size": 5},
        fill="tozeroy" if measure.low == 0.0 else None,
        fillcolor=faded(measure.color, 0.12),
        connectgaps=True,
        hovertemplate=hover,
        showlegend=False,
    )


def faded(color: str, alpha: float) -> str:
    """``#rrggbb`` with an opacity."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
