"""Tables of a report: agents or teams, by section, by question, by week, each beside everybody.

Scores are in percent. A section's figure is the mean of its score over evaluations; a question's
is all points earned ÷ all points possible. Conversations without an agent (a team) count among
everybody only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cintel.reports.facts import Facts
from cintel.store.selection import Filters

if TYPE_CHECKING:
    from pandas import DataFrame, Series

By = Literal["agent", "team"]
Of = Literal["section", "question", "week"]
EVERYBODY = "(everybody)"


def about(filters: Filters) -> str:
    """What a report covers, in words: the dates, and the agents and teams if not all."""
    since, until = filters.since, filters.until
    parts = (f"from {since:%Y-%m-%d}" if since else "", f"to {until:%Y-%m-%d}" if until else "")
    dates = " ".join(filter(None, parts)) or "all dates"
    names = ", ".join((*filters.agents, *filters.queues))
    return dates[0].upper() + dates[1:] + (f"; {names}" if names else "")


def scorecards(facts: Facts) -> list[str]:
    """The names of the scorecards there are evaluations of, sorted."""
    return sorted(set(facts.evaluations["scorecard"]))


def summary(facts: Facts, by: By) -> DataFrame:
    """One row a scorecard and agent or team, everybody first.

    Columns: ``scorecard``, ``agent`` or ``team``, ``evaluations``, ``scored``, ``score`` (mean),
    ``passed`` (percent of the scored), ``auto_failed``, ``reviewed`` and ``unsure``, numbers of
    evaluations.
    """
    frame = facts.evaluations.assign(
        scored=facts.evaluations["score"].notna(),
        passed=facts.evaluations["passed"].astype("float64") * 100,
        reviewed=facts.evaluations["reviewed"] > 0,
        unsure=facts.evaluations["unsure"] > 0,
    )
    groups = _beside_everybody(frame, by).groupby(["scorecard", by], sort=False)
    return groups.agg(
        evaluations=("conversation", "size"),
        scored=("scored", "sum"),
        score=("score", "mean"),
        passed=("passed", "mean"),
        auto_failed=("auto_failed", "sum"),
        reviewed=("reviewed", "sum"),
        unsure=("unsure", "sum"),
    ).reset_index()


def sections(facts: Facts, by: By) -> DataFrame:
    """One row a scorecard, agent or team, and section: ``title``, ``evaluations``, ``score``."""
    frame = _beside_everybody(facts.sections, by)
    groups = frame.groupby(["scorecard", by, "section"], sort=False)
    found = groups.agg(
        title=("title", "last"),
        order=("order", "max"),
        evaluations=("score", "size"),
        score=("score", "mean"),
    )
    return _ordered(found.reset_index(), by)


def questions(facts: Facts, by: By) -> DataFrame:
    """One row a scorecard, agent or team, and question: ``title``, ``answers``, ``score``.

    ``answers`` counts those that earn or miss points.
    """
    frame = _beside_everybody(facts.questions, by)
    groups = frame.groupby(["scorecard", by, "question"], sort=False)
    found = groups.agg(
        title=("title", "last"),
        order=("order", "max"),
        answers=("points", "size"),
        points=("points", "sum"),
        possible=("possible", "sum"),
    ).reset_index()
    found["score"] = 100 * found.pop("points") / found.pop("possible")
    return _ordered(found, by)


def weeks(facts: Facts, by: By) -> DataFrame:
    """One row a scorecard, agent or team, and week that has evaluations.

    Columns beside these: ``evaluations``, ``score`` (mean), ``auto_failed`` (how many). ``week``
    is its Monday; conversations without a date are left out.
    """
    from pandas import to_timedelta

    dated = facts.evaluations[facts.evaluations["day"].notna()]
    monday = dated["day"] - to_timedelta(dated["day"].dt.day_of_week, unit="D")
    frame = _beside_everybody(dated.assign(week=monday.astype("datetime64[s]")), by)
    groups = frame.groupby(["scorecard", by, "week"], sort=False)
    found = groups.agg(
        evaluations=("conversation", "size"),
        score=("score", "mean"),
        auto_failed=("auto_failed", "sum"),
    ).reset_index()
    return _ordered(found.assign(order=0), by, "week")


def matrix(frame: DataFrame, scorecard: str, of: Of) -> DataFrame:
    """One scorecard's scores as a grid: rows are agents or teams, columns sections, … in order.

    Args:
        frame: of :func:`sections`, :func:`questions` or :func:`weeks`.
        scorecard: its name.
        of: what the columns are.

    Returns:
        Indexed by agent or team, everybody first; empty cells are NaN.
    """
    one = frame[frame["scorecard"] == scorecard]
    columns, who = list(dict.fromkeys(one[of])), str(frame.columns[1])
    if of == "week":
        columns.sort()
    grid = one.pivot(index=who, columns=of, values="score")
    return grid.reindex(index=list(dict.fromkeys(one[who])), columns=columns)


def _beside_everybody(frame: DataFrame, by: By) -> DataFrame:
    """The rows of everybody, then those of each agent or team by name."""
    from pandas import concat

    named = frame[frame[by].notna()].sort_values(by, kind="stable")
    return concat([frame.assign(**{by: EVERYBODY}), named]).sort_values("scorecard", kind="stable")


def _ordered(frame: DataFrame, by: By, then: str = "order") -> DataFrame:
    """By scorecard, everybody first, then by name and place; the place itself is dropped."""

    def key(column: Series) -> Series:
        if column.name != by:
            return column
        return column.where(column != EVERYBODY, "")

    placed = frame.sort_values(["scorecard", by, then], key=key, kind="stable")
    return placed.drop(columns="order").reset_index(drop=True)
