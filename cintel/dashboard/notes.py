"""Coaching notes: the list, and one of them with its clips, its reply and what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

import streamlit as st

from cintel.dashboard import clips, formats, forms, intervals, widgets
from cintel.dashboard.view import View
from cintel.quality import coaching as figures
from cintel.quality.coaching import Course, Share
from cintel.store import coaching as kept
from cintel.store import outcomes, rows

if TYPE_CHECKING:
    from pandas import DataFrame

State = Literal["waiting", "overdue", "acknowledged", "closed"]
_HONEST = (
    "Counted are calls up to {days} days before the day of the note and all after it. A note "
    "follows a bad stretch, and after one things get better by themselves: look at the others too."
)
_VERDICTS = {
    "early": "Too early to tell",
    "no_before": "Nothing before to compare with",
    "better": "Better since the note",
    "worse": "Worse since the note",
    "unclear": "No clear change",
}


def state(note: rows.Row, today: date) -> State:
    """Where a note stands."""
    if note["closed_at"] is not None:
        return "closed"
    if note["acknowledged_at"] is not None:
        return "acknowledged"
    return "overdue" if note["due"] < today else "waiting"


def listed(given: Sequence[rows.Row], today: date) -> DataFrame:
    """One row a note, worded."""
    from pandas import DataFrame

    return DataFrame(
        [
            {"agent": note["agent_id"], "question": formats.title(note["question"]),
             "author": note["author"], "given": formats.when(note["created_at"]),
             "due": formats.when(note["due"].isoformat()), "state": state(note, today)}
            for note in given
        ],
        columns=["agent", "question", "author", "given", "due", "state"],
    )  # fmt: skip


def course(view: View, note: rows.Row) -> tuple[Course, set[str]]:
    """The question before a note and since, and the scorecard versions it was answered on."""
    day = date.fromisoformat(note["created_at"][:10])
    found = outcomes.around(view.store, note["agent_id"], note["scorecard"], note["question"], day)
    shares = {(own, since): Share() for own in (0, 1) for since in (0, 1)}
    for row in found:
        shares[row["own"], row["since"]] += Share(row["passed"], row["answered"])
    told = figures.course(shares[1, 0], shares[1, 1], shares[0, 0], shares[0, 1])
    return told, {row["version"] for row in found}


def worded(found: Course) -> str:
    """What a course says, in a sentence or two."""
    text = f"{_VERDICTS[found.verdict]}."
    if found.verdict == "early":
        return f"{text} {found.since.answered} of the {figures.FEWEST_SINCE} calls it takes."
    if found.change.value is None:
        return text
    points = [
        formats.decimal(100 * value, 0, sign=True)
        for value in (found.change.value, found.change.low, found.change.high)
        if value is not None
    ]
    return f"{text} {points[0]} points, 95 % interval {points[1]} to {points[2]}."


def draw(view: View, given: list[rows.Row], who: str) -> None:
    """The notes, and the one that was clicked."""
    if not given:
        st.caption(
            "No notes yet. Write one under “To coach”: it takes the moments along, the agent "
            "acknowledges it here, and the calls since are compared with those before."
        )
        return
    columns = {
        "agent": st.column_config.TextColumn("Agent", width=120),
        "question": st.column_config.TextColumn("Question", width=200),
        "state": st.column_config.TextColumn("State", width=110),
        "author": st.column_config.TextColumn("From", width=110),
        "given": st.column_config.TextColumn("Given, UTC", width=140),
        "due": st.column_config.TextColumn("To acknowledge by", width=130),
    }
    today = datetime.now(UTC).date()
    row = widgets.clickable(listed(given, today), f"notes {len(given)}", columns)
    _one(view, given[row or 0], who.strip(), today)


def _one(view: View, note: rows.Row, who: str, today: date) -> None:
    card = forms.scorecard(view.store, note["scorecard"], note["version"])
    question = forms.question_of(card, note["question"])
    text = question.text if question else formats.title(note["question"])
    st.markdown(f"#### {formats.plain(note['agent_id'])}: {formats.plain(text)}")
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        _said(note)
        found = clips.from_rows(kept.clips(view.store, note["note"]))
        clips.draw(view, found, note["agent_id"], f"clip {note['note']}")
    with right:
        with st.container(border=True):
            _changed(view, note)
        _act(view, note, who, state(note, today))


def _said(note: rows.Row) -> None:
    for who, at, text in (
        (note["author"], note["created_at"], note["text"]),
        (note["acknowledged_by"], note["acknowledged_at"], note["reply"] or "Acknowledged."),
        (note["closed_by"], note["closed_at"], note["outcome"] or "Closed."),
    ):
        if at is not None:
            with st.container(border=True):
                st.caption(formats.plain(f"{who}, {formats.when(at)} UTC"))
                st.markdown(formats.plain(text).replace("\n", "  \n"))


def _changed(view: View, note: rows.Row) -> None:
    found, versions = course(view, note)
    widgets.show(intervals.before_after(found), f"course {note['note']}", worded(found))
    st.markdown(f"**{worded(found)}**")
    st.caption(_HONEST.format(days=outcomes.BEFORE_DAYS))
    if len(versions) > 1:
        st.caption("The scorecard changed in between: the question may have meant something else.")


def _act(view: View, note: rows.Row, who: str, at: State) -> None:
    if at == "closed":
        return
    if at != "acknowledged":
        if who == note["agent_id"]:
            with st.form(f"acknowledge {note['note']}", border=False):
                reply = st.text_area("Your reply", height=80, placeholder="If you like")
                if st.form_submit_button("I have read it", type="primary"):
                    widgets.attempt(
                        "Acknowledged", kept.acknowledge, view.store, note["note"], who, reply
                    )
        else:
            st.caption(f"{formats.plain(note['agent_id'])} acknowledges it under their own name.")
    if who != note["agent_id"]:
        with st.form(f"close {note['note']}", border=False):
            outcome = st.text_input("How it ended", placeholder="If you like")
            if st.form_submit_button("Close the note"):
                widgets.attempt("Closed", kept.close, view.store, note["note"], who, outcome)
