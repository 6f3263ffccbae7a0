"""Score: what waits for whom, and one review on the desk, scored by click or by keyboard."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from cintel.conversation import Analysis
from cintel.dashboard import desk, formats, forms, review, tryout, widgets
from cintel.dashboard.view import View
from cintel.errors import StoreError
from cintel.store import Store, queries, scorecards, workflow, worklist
from cintel.store.workflow_steps import Key

if TYPE_CHECKING:
    from pandas import DataFrame

MINE, ALL = "For me", "All"
_NOTHING = {
    (MINE, True): "Nothing waits for you.",
    (MINE, False): "Write your name to see your own.",
    (ALL, True): "No review passes the filters.",
    (ALL, False): "No review passes the filters.",
}


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
    widgets.thank()
    *columns, middle, right = st.columns([1, 1, 1, 1.4, 1.6])
    who = review.reviewer(right, "Your name")
    named = bool(who.strip())
    which: str = middle.segmented_control(
        "Reviews", [MINE, ALL], default=MINE if named else ALL, key=f"score list {named}",
        required=True,
    )  # fmt: skip
    found = listed(view, which, who)
    labels = ("To score", "Appeals to decide", "Late")
    for column, label, value in zip(columns, labels, figures(found, date.today()), strict=True):
        column.metric(label, formats.decimal(value, 0), border=True)
    key = desk.pick(view, found, f"reviews {which} {who}")
    if found.empty:
        st.caption(_NOTHING[which, named])
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
    key = _scorecard(view.store, analysis)
    if key and last.button("Assign", type="primary", width="stretch"):
        word = f"Assigned to {reviewer.strip()}"
        widgets.attempt(word, _begin, view.store, key, by=who, reviewer=reviewer, deadline=until)


def _scorecard(store: Store, analysis: Analysis) -> Key | None:
    """Which scorecard is reviewed: one that it was scored on, or one published since."""
    scored = _scored(analysis)
    newest = {item.name: item for item in reversed(scorecards.versions(store)) if item.published_at}
    open_to = [Key(analysis.id, item.name, item.version) for item in newest.values()]
    keys = list(dict.fromkeys([*scored, *open_to]))
    if not keys:
        st.warning("This conversation was not evaluated on any scorecard, and none is published.")
        return None
    if len(keys) == 1:
        return keys[0]

    def named(place: int) -> str:
        later = "" if keys[place] in scored else ", scored when it is assigned"
        return f"{formats.title(keys[place].scorecard)} {keys[place].version}{later}"

    return keys[st.selectbox("Scorecard", range(len(keys)), format_func=named)]


def _scored(analysis: Analysis) -> list[Key]:
    made = [item for item in analysis.evaluations if item.answers]
    return [Key(analysis.id, item.scorecard, item.version) for item in made]


def _begin(store: Store, key: Key, *, by: str, reviewer: str, deadline: date | None) -> None:
    if key not in _scored(store.load(key.conversation_id)):
        workflow.may_ask(store, key, by=by, reviewer=reviewer)
        card = forms.scorecard(store, key.scorecard, key.version)
        # The text of a published version is kept for good.
        assert card is not None
        with st.spinner("Answering the questions …"):
            tryout.keep(store, key.conversation_id, card)
    workflow.assign(store, key, by=by, reviewer=reviewer, deadline=deadline)
