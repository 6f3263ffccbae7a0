"""Reviews: the machine's answers, least sure first, to be confirmed or overruled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import formats, maps, palette, panel, review, stage, widgets
from cintel.dashboard.review import Task
from cintel.dashboard.view import View
from cintel.store import reviews as store_reviews

if TYPE_CHECKING:
    from pandas import DataFrame

Key = tuple[str, str, str, str]
_SHOWN = 200
"""Answers of the queue a page holds; the rest follow as these are reviewed."""


def queue(view: View) -> tuple[DataFrame, int]:
    """The answers nobody reviewed, worded, and how many there are in all."""
    rows, total = store_reviews.review_queue(view.store, view.filters, limit=_SHOWN)
    return rows.assign(
        title=rows["question"].map(formats.title),
        ai=[
            formats.machine_answer(*given)
            for given in zip(rows["ai_answer"], rows["unsure"], rows["suggested"], strict=True)
        ],
        when=rows["started_at"].map(formats.when),
    ), total


def agreed(found: DataFrame) -> tuple[int, float | None]:
    """How many answers were reviewed, and the share that was confirmed."""
    reviewed = int(found["reviewed"].sum())
    return reviewed, float(found["unchanged"].sum()) / reviewed if reviewed else None


def page(view: View) -> None:
    """Draw the page."""
    agreement = store_reviews.agreement(view.store, view.filters)
    rows, waiting = queue(view)
    reviewed, share = agreed(agreement)
    if not waiting and not reviewed:
        widgets.nothing_found()
        return
    figures = (
        ("Waiting", formats.decimal(waiting, 0)),
        ("Reviewed", formats.decimal(reviewed, 0)),
        ("Confirmed unchanged", formats.percent(share)),
    )
    *columns, who = st.columns([1, 1, 1, 2])
    for column, (label, value) in zip(columns, figures, strict=True):
        column.metric(label, value, border=True)
    reviewer = review.reviewer(who)
    widgets.thank()
    if waiting:
        _work(view, rows, reviewer)
    else:
        st.success("Every answer under these filters is reviewed.", icon=":material/done_all:")
    if reviewed:
        with st.container(border=True):
            figure = maps.agreement(agreement)
            widgets.show(figure, "agreement", "Confirmed and changed answers by question")


def keys(rows: DataFrame) -> list[Key]:
    """What names each answer of the queue: conversation, scorecard, version, question."""
    columns = rows[["conversation_id", "scorecard", "version", "question"]]
    return list(columns.itertuples(index=False, name=None))


def _work(view: View, rows: DataFrame, reviewer: str) -> None:
    left, right = st.columns([1, 1.15], gap="small")
    with left:
        chosen = _choose(rows)
    found = review.task(view.store, *chosen)
    if found is None:
        st.session_state["reviewing"] = None
        right.warning("This conversation was analysed again. Choose another answer.")
        return
    with right, st.container(border=True, height=362):
        st.markdown(f"**{formats.plain(found.item.text)}**")
        review.draw(view.store, found, reviewer)
    _listen(view, found)


def _choose(rows: DataFrame) -> Key:
    """The answer under review, by name: the queue may shift under a reviewer who is writing."""
    known, key = keys(rows), f"queue {len(rows)} {rows['conversation_id'].iloc[0]}"

    def choose() -> None:
        row = widgets.clicked(key)
        st.session_state["reviewing"] = None if row is None else known[row]

    columns = {
        "confidence": widgets.share_column("Sure", palette.SYSTEM, "The AI's confidence, 0 to 1"),
        "title": st.column_config.TextColumn("Question", width=150),
        "ai": st.column_config.TextColumn("AI", width=50),
        "agent_id": st.column_config.TextColumn("Agent", width=100),
        "when": st.column_config.TextColumn("When", width=130),
    }
    widgets.clickable(rows, key, columns, height=322, on_select=choose)
    st.caption("Unsure ones first, then the least sure. Click a row to review it.")
    if st.session_state.get("reviewing") is None:
        st.session_state["reviewing"] = known[0]
    chosen: Key = st.session_state["reviewing"]
    return chosen


def _listen(view: View, found: Task) -> None:
    analysis = view.store.load(found.conversation)
    start = found.item.evidence[0]["start"] if found.item.evidence else None
    answer = {"name": "Answer", "blocks": [panel.answer_block(found.item)]}
    tabs = [answer, *panel.tabs(analysis, stage.evaluations(view.store, analysis))]
    stage.draw_player(view, analysis, tabs, start, "review")
