"""Score: what waits for whom, and one review on the desk, scored by click or by keyboard."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from cintel.conversation import Evaluation
from cintel.dashboard import desk, formats, review, widgets
from cintel.dashboard.view import View
from cintel.errors import StoreError
from cintel.store import queries, workflow, worklist
from cintel.store.workflow_steps import Key

if TYPE_CHECKING:
    from pandas import DataFrame

MINE, ALL = "For me", "All"


def listed(view: View, which: str, who: str) -> DataFrame:
    """The reviews a person has the next step in, or all that pass the filters."""
    if which == ALL:
        return worklist.listed(view.store, view.filters)
    return worklist.waiting_for(view.store, who)


def figures(found: DataFrame, today: date) -> tuple[int, int, int]:
    """How many reviews wait to be scored, how many appeals for a decision, how many are late."""
    late = found["deadline"] < str(today)
    return (
        int((found["state"] == "draft").sum()),
        int((found["state"] == "appealed").sum()),
        int((late & (found["state"] != "final")).sum()),
    )


def page(view: View) -> None:
    """Draw the page."""
    if not queries.overview(view.store, view.filters).conversations:
        widgets.nothing_found()
        return
    *columns, middle, right = st.columns([1, 1, 1, 1.4, 1.6])
    who = review.reviewer(right, "Your name")
    which: str = middle.segmented_control(
        "Reviews", [MINE, ALL], default=MINE, key="score list", required=True
    )
    found = listed(view, which, who)
    labels = ("To score", "Appeals to decide", "Late")
    for column, label, value in zip(columns, labels, figures(found, date.today()), strict=True):
        column.metric(label, formats.decimal(value, 0), border=True)
    key = desk.pick(view, found, f"reviews {which} {who}")
    if found.empty:
        st.caption("Nothing waits for you." if who.strip() else "Write your name to see your own.")
    with st.expander("Assign a review", icon=":material/assignment_ind:", expanded=key is None):
        _assign(view, who)
    if key is not None:
        desk.draw(view, key, who)


def _assign(view: View, who: str) -> None:
    left, middle, right, last = st.columns([1.6, 1.2, 1, 0.8], vertical_alignment="bottom")
    given = left.text_input(
        "Conversation", st.session_state.get("call") or "", placeholder="Its id, or the start of it"
    )
    reviewer = middle.text_input("Who scores it", placeholder="A name")
    until = right.date_input("Deadline", None, format="DD/MM/YYYY")
    if not given.strip():
        last.button("Assign", disabled=True, width="stretch")
        return
    try:
        analysis = view.store.load(given.strip())
    except StoreError as error:
        st.error(formats.plain(f"{error}."), icon=":material/error:")
        return
    cards = [made for made in analysis.evaluations if made.answers]
    if not cards:
        st.warning("This conversation was not evaluated on any scorecard.")
        return
    card: Evaluation = cards[0]
    if len(cards) > 1:
        place = st.selectbox(
            "Scorecard", range(len(cards)), format_func=lambda n: formats.title(cards[n].scorecard)
        )
        card = cards[place]
    if last.button("Assign", type="primary", width="stretch"):
        key = Key(analysis.id, card.scorecard, card.version)
        word = f"Assigned to {reviewer.strip()}"
        widgets.attempt(
            word, workflow.assign, view.store, key, by=who, reviewer=reviewer, deadline=until
        )
