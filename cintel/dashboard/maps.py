"""Figures that compare things: intents, agents, questions, hours of the week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cintel.dashboard import formats, palette
from cintel.dashboard.charts import LEGEND_ABOVE, count_axis, finish

if TYPE_CHECKING:
    from pandas import DataFrame
    from plotly.graph_objects import Figure

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_COLORBAR = {"thickness": 9, "len": 0.9, "outlinewidth": 0, "tickfont": {"size": 11}}
_ROW = 30
"""Pixels a row of bars, dots or cells takes."""


def top_intents(frame: DataFrame, height: int, top: int = 9) -> Figure:
    """How many conversations an intent has, coloured by their mean frustration."""
    from plotly.graph_objects import Bar, Figure

    shown = frame.head(top).iloc[::-1]
    figure = Figure(
        Bar(
            x=shown["conversations"],
            y=[formats.shorten(formats.intent(name), 30) for name in shown["intent"]],
            orientation="h",
            customdata=[formats.decimal(value) for value in shown["frustration"]],
            marker={
                "color": shown["frustration"].fillna(0.0),
                "colorscale": palette.CALM_TO_FRUSTRATED,
                "cmin": 0,
                "cmax": 1,
            },
            text=[
                f"{count}  ·  {formats.decimal(value)}"
                for count, value in zip(shown["conversations"], shown["frustration"], strict=True)
            ],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}<br>%{x} conversations, frustration %{customdata}<extra></extra>",
        )
    )
    most = float(shown["conversations"].max()) if len(shown) else 1.0
    figure.update_xaxes(visible=False, range=[0, most * 1.3])
    figure.update_yaxes(ticksuffix="  ")
    return finish(figure, height, title="Top intents: conversations · mean frustration")


def week_heatmap(frame: DataFrame, column: str, height: int) -> Figure:
    """Hour by weekday; ``column`` is ``conversations`` or a mean, empty cells had nobody."""
    from plotly.graph_objects import Figure, Heatmap

    grid = frame.pivot_table(column, "weekday", "hour", aggfunc="first")
    first, last = int(frame["hour"].min()), int(frame["hour"].max())
    grid = grid.reindex(index=range(7), columns=range(first, last + 1))
    frustrated, most = column == "frustration", float(frame[column].max())
    figure = Figure(
        Heatmap(
            z=grid.to_numpy(),
            x=[f"{hour}:00" for hour in grid.columns],
            y=list(_DAYS),
            colorscale=palette.CALM_TO_FRUSTRATED if frustrated else palette.FEW_TO_MANY,
            zmin=0,
            zmax=1 if frustrated else most,
            xgap=2,
            ygap=2,
            colorbar=_COLORBAR | {"dtick": 0.5 if frustrated else max(1, -(-most // 4))},
            hovertemplate="%{y} %{x}: %{z:" + (".2f" if frustrated else "d") + "}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="", ticksuffix="  ")
    figure.update_xaxes(showgrid=False, ticks="", nticks=8, tickangle=0)
    title = "Mean frustration" if frustrated else "Conversations"
    return finish(figure, height, title=f"{title} by weekday and hour of start")


def pass_heatmap(frame: DataFrame, names: dict[str, str]) -> Figure:
    """Share of passed answers, a row an agent and a column a question, in its order of ``names``.

    Args:
        frame: ``agent_id``, ``question``, ``final_rate`` (0…1).
        names: short titles by question.
    """
    grid = frame.pivot_table("final_rate", "agent_id", "question", aggfunc="mean", dropna=False)
    grid = grid[[name for name in names if name in grid]]
    return share_heatmap(grid, [names[str(name)] for name in grid], "passed")


def share_heatmap(grid: DataFrame, titles: Sequence[str], said: str) -> Figure:
    """Shares 0…1 from worse to better; rows by the index of ``grid``, columns by ``titles``.

    ``said`` is what there is a share of, for the label under the mouse.
    """
    from plotly.graph_objects import Figure, Heatmap

    figure = Figure(
        Heatmap(
            z=grid.to_numpy(),
            x=list(titles),
            y=list(grid.index),
            text=[[formats.percent(v) if v == v else "" for v in row] for row in grid.to_numpy()],
            texttemplate="%{text}",
            textfont={"size": 12, "color": "#1F2733"},
            colorscale=palette.WORSE_TO_BETTER,
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
            showscale=False,
            hovertemplate=f"%{{y}}, %{{x}}: %{{text}} {said}<extra></extra>",
        )
    )
    figure.update_xaxes(side="top", tickangle=-30, ticks="", showgrid=False, automargin=True)
    figure.update_yaxes(
        autorange="reversed", showgrid=False, ticksuffix="  ", ticks="", automargin=True
    )
    figure = finish(figure, 96 + _ROW * len(grid))
    return figure.update_layout(margin={"t": 8})


def pass_rates(frame: DataFrame, names: dict[str, str]) -> Figure:
    """Pass rate of an agent a question, as a dot, with everybody's as a ring.

    Args:
        frame: ``question``, ``own`` and ``all``, rates 0…1, worst first.
        names: short titles by question.
    """
    from plotly.graph_objects import Figure, Scatter

    labels = [names[name] for name in frame["question"]]
    figure = Figure()
    for own, everybody, label in zip(frame["own"], frame["all"], labels, strict=True):
        color = palette.NEGATIVE if own < everybody else palette.POSITIVE
        figure.add_trace(
            Scatter(x=[everybody, own], y=[label] * 2, mode="lines", hoverinfo="skip",
                    showlegend=False, line={"color": color, "width": 3})
        )  # fmt: skip
    ring = {"symbol": "circle-open", "size": 10, "color": palette.SYSTEM, "line": {"width": 2}}
    dot = {"size": 11, "color": palette.AGENT}
    for column, name, marker in (("all", "All agents", ring), ("own", "This agent", dot)):
        figure.add_trace(
            Scatter(x=frame[column], y=labels, mode="markers", name=name, marker=marker,
                    showlegend=True, hovertemplate=f"%{{y}}, {name}: %{{x:.0%}}<extra></extra>")
        )  # fmt: skip
    figure.update_xaxes(range=[-0.03, 1.03], tickformat=".0%", nticks=6)
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", automargin=True)
    figure = finish(figure, 84 + 24 * len(frame), title="Questions passed")
    return figure.update_layout(legend=LEGEND_ABOVE)


def agreement(frame: DataFrame) -> Figure:
    """Confirmed and changed answers, a row a question.

    Args:
        frame: ``question``, ``reviewed`` and ``unchanged``, counts.
    """
    from plotly.graph_objects import Bar, Figure

    labels = [formats.title(name) for name in frame["question"]]
    changed = frame["reviewed"] - frame["unchanged"]
    figure = Figure()
    for name, counts, color in (
        ("Confirmed", frame["unchanged"], palette.POSITIVE),
        ("Changed", changed, palette.NEGATIVE),
    ):
        figure.add_trace(
            Bar(x=counts, y=labels, orientation="h", name=name, marker_color=color,
                showlegend=True, hovertemplate=f"%{{y}}: {name} %{{x}}<extra></extra>")
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(**count_axis(frame["reviewed"].max()))
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", automargin=True)
    figure = finish(figure, 90 + 26 * len(frame), title="Agreement with the AI, by question")
    return figure.update_layout(legend=LEGEND_ABOVE)
