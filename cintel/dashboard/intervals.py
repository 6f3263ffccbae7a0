"""Figures of estimates with their intervals: one a question, one a month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cintel.dashboard import formats, palette
from cintel.dashboard.charts import finish
from cintel.quality.agreement import Line
from cintel.quality.coefficients import Estimate

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MEASURES = {
    "unchanged": "Unchanged",
    "kappa": "Cohen's κ",
    "ac1": "Gwet's AC1",
    "alpha": "Krippendorff's α",
}
"""Fields of an ``Agreement`` as people know them."""


def worded(estimate: Estimate, share: bool = False) -> str:
    """An estimate with its interval, such as ``0.82 (0.70 to 0.91)``, shares in percent."""
    if estimate.value is None:
        return formats.NOTHING
    write = formats.percent if share else formats.decimal
    text = write(estimate.value)
    if estimate.low is None:
        return text
    return f"{text} ({write(estimate.low)} to {write(estimate.high)})".replace(" % to", " to")


def by_question(lines: Sequence[Line], measure: str) -> Figure:
    """A dot a question with its interval; those without the figure are left out."""
    from plotly.graph_objects import Figure, Scatter

    found = [(formats.title(line.name), getattr(line.agreement, measure)) for line in lines]
    known = [(name, one) for name, one in found if one.value is not None]
    figure = Figure(
        Scatter(
            x=[one.value for _, one in known],
            y=[formats.shorten(name, 28) for name, _ in known],
            customdata=[worded(one, measure == "unchanged") for _, one in known],
            error_x=_bars([one for _, one in known]),
            mode="markers",
            marker={"size": 10, "color": palette.AGENT},
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    lowest = min([0.0, *(one.value if one.low is None else one.low for _, one in known)])
    figure.update_xaxes(range=[lowest - 0.03, 1.03], nticks=6, **_tick(measure))
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", automargin=True)
    return finish(figure, 84 + 26 * max(len(known), 1), title=f"{MEASURES[measure]}, by question")


def by_month(lines: Sequence[Line], measure: str, height: int) -> Figure:
    """A figure over time, a point a month with its interval."""
    from plotly.graph_objects import Figure, Scatter

    found = [(line.name, getattr(line.agreement, measure), line.agreement) for line in lines]
    known = [item for item in found if item[1].value is not None]
    figure = Figure(
        Scatter(
            x=[f"{month}-01" for month, _, _ in known],
            y=[one.value for _, one, _ in known],
            customdata=[
                f"{worded(one, measure == 'unchanged')}, {whole.answers} answers"
                for _, one, whole in known
            ],
            error_y=_bars([one for _, one, _ in known]),
            mode="lines+markers",
            line={"color": palette.AGENT, "width": 2},
            marker={"size": 8},
            hovertemplate="%{x|%b %Y}: %{customdata}<extra></extra>",
        )
    )
    lowest = min([0.0, *(one.value if one.low is None else one.low for _, one, _ in known)])
    figure.update_yaxes(range=[lowest - 0.03, 1.03], nticks=5, **_tick(measure))
    title = f"{MEASURES[measure]}, by month of the people's answers"
    figure = finish(figure, height, title=title)
    months = [f"{month}-01" for month, _, _ in known]
    few = {"tickvals": months} if len(months) <= 8 else {"nticks": 8}
    return figure.update_xaxes(type="date", tickformat="%b %Y", **few)


def _tick(measure: str) -> dict[str, str]:
    return {"tickformat": ".0%" if measure == "unchanged" else ".1f"}


def _bars(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """Lengths of the interval either side; none where there is no interval."""

    def length(one: Estimate, end: float | None) -> float:
        return 0.0 if end is None or one.value is None else abs(end - one.value)

    return {
        "type": "data",
        "symmetric": False,
        "array": [length(one, one.high) for one in estimates],
        "arrayminus": [length(one, one.low) for one in estimates],
        "color": palette.VOLUME,
        "thickness": 2,
        "width": 4,
    }
