"""Sample: which conversations people should see today, why each, and what the sample can tell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import formats, widgets
from cintel.dashboard.view import View
from cintel.quality import risks, sampling
from cintel.quality.risks import Candidate
from cintel.quality.sampling import Sample
from cintel.store import candidates as kept

if TYPE_CHECKING:
    from pandas import DataFrame

METHODS = ("Risk first", "Random", "Agent and week", "By queue", "By intent", "By score")
_STRATA = {"By queue": "queue", "By intent": "intent", "By score": "score"}


def candidates(rows: DataFrame) -> list[Candidate]:
    """Rows of ``store.candidates`` as the sampling takes them."""
    return [
        Candidate(
            row["id"], _text(row["agent_id"]), _text(row["queue"]), _text(row["intent"]),
            row["channel"], None if formats.missing(row["day"]) else row["day"].date(),
            row["duration"], None if formats.missing(row["frustration"]) else row["frustration"],
            row["score"], bool(row["auto_failed"]), int(row["unsure"]),
            None if formats.missing(row["agent_days"]) else int(row["agent_days"]),
            date.fromisoformat(row["reviewed_at"][:10]) if _text(row["reviewed_at"]) else None,
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip


def draw_sample(found: list[Candidate], method: str, size: int, day: date) -> Sample:
    """The list of a day by one of :data:`METHODS`; ``size`` is a head for agent and week."""
    if method == "Risk first":
        return sampling.riskiest(found, size, day, risks.finder(found))
    if method == "Random":
        return sampling.simple(found, size, day)
    if method == "Agent and week":
        return sampling.quota(found, size, day)
    return sampling.stratified(found, size, day, _STRATA[method])


def listed(sample: Sample, rows: DataFrame) -> DataFrame:
    """The picks in order, each beside what is known of it."""
    from pandas import DataFrame

    picks = DataFrame(
        [(pick.conversation, pick.reason, pick.done) for pick in sample.picks],
        columns=["id", "reason", "done"],
    )
    found = picks.merge(rows, on="id", how="left")
    return found.assign(
        reason=[reason[:1].upper() + reason[1:] for reason in found["reason"]],
        when=found["started_at"].map(formats.when),
        intent=found["intent"].map(formats.intent),
    )


def page(view: View) -> None:
    """Draw the page."""
    rows = kept.candidates(view.store, view.filters)
    if rows.empty:
        widgets.nothing_found()
        return
    left, right = st.columns([4, 1])
    method: str = left.segmented_control(
        "How to choose", METHODS, default="Risk first", key="sampling", required=True
    )
    each = method == "Agent and week"
    size = right.number_input(
        "Of each agent and week" if each else "How many", 1, 500, 2 if each else 20,
        key=f"size {each}",
    )  # fmt: skip
    sample = draw_sample(candidates(rows), method, size, date.today())
    _head(sample)
    shown = listed(sample, rows)
    columns = {
        "reason": st.column_config.TextColumn("Why this one", width=330),
        "agent_id": st.column_config.TextColumn("Agent", width=110),
        "intent": st.column_config.TextColumn("Intent", width=180),
        "when": st.column_config.TextColumn("When", width=135),
        "score": widgets.score_column("QA score"),
        "frustration": widgets.share_column("Frustration"),
        "done": st.column_config.CheckboxColumn("Reviewed", width=70),
    }
    row = widgets.clickable(shown, f"sample {method} {size}", columns)
    st.caption(
        "Click one to hear and score it. The list stays the same all day; what was reviewed on an "
        "earlier day does not come again."
    )
    if row is not None:
        view.open_call(shown["id"].iloc[row], None)


def _head(sample: Sample) -> None:
    done = sum(pick.done for pick in sample.picks)
    error = (
        "No estimate" if sample.error is None else f"± {formats.decimal(1.96 * sample.error, 1)}"
    )
    columns = st.columns([1, 1, 1, 2])
    for column, (label, value) in zip(
        columns,
        (
            ("To see", formats.decimal(len(sample.picks), 0)),
            ("Reviewed today", formats.decimal(done, 0)),
            ("Chosen from", formats.decimal(sample.candidates, 0)),
        ),
        strict=False,
    ):
        column.metric(label, value, border=True)
    columns[3].metric("Mean score would be known to", error, border=True, help=sample.note)
    st.caption(sample.note if sample.error is None else f"{sample.note}, times 1.96.")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
