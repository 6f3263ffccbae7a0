"""The steps of a review as its state and the person allow, and the record of those taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from cintel.dashboard import formats, widgets
from cintel.quality import review as scored
from cintel.store import Store, rows, workflow
from cintel.store.workflow_steps import Review, same

_DAYS = 7
"""Days an agent is offered to answer."""


def allowed(review: Review, who: str, today: date) -> tuple[str, ...]:
    """The steps that a person may take now, first the one the review waits for."""
    if not who.strip():
        return ()
    reviewer = same(who, review.reviewer)
    agent = not reviewer if review.agent is None else same(who, review.agent)
    over = review.deadline is not None and today > review.deadline
    match review.state:
        case "draft":
            return (("share",) if reviewer else ()) + (() if _is(review.agent, who) else ("give",))
        case "shared":
            own = ("acknowledge", "appeal") if agent else ()
            others = () if _is(review.agent, who) else ("reschedule",)
            return own + (("finalise",) if over and others else ()) + others
        case "acknowledged":
            return ("appeal",) if _is(review.agent, who) else ("finalise",)
        case "appealed":
            concerned = reviewer or _is(review.agent, who) or _is(review.appealed_by, who)
            return () if concerned else ("decide",)
        case _:
            return ("appeal",) if agent and not review.decided else ()


def draw(store: Store, review: Review, who: str, seen: int) -> None:
    """A control for every step allowed, or what the review waits for.

    Args:
        store: where the review is.
        review: as it stands.
        who: looks at it.
        seen: the revision that was shown when a control was last clicked.
    """
    widgets.thank()
    found = allowed(review, who, date.today())
    if not found or found == ("give",):
        st.caption(formats.plain(f"{review.next}."))
    for name in found:
        _CONTROLS[name](store, replace(review, revision=seen), who)


def dispute(events: Sequence[rows.Row]) -> list[str]:
    """The appeal's reason, then the decision's, each with who gave it."""
    return [
        f"{event['who']}, {told(event)}" for event in events
        if event["kind"] in ("appealed", "decided")
    ]  # fmt: skip


def history(events: Sequence[rows.Row]) -> None:
    """Every step taken: when, who, what."""
    with st.expander(f"History, {len(events)} steps", icon=":material/history:"):
        st.dataframe(
            [
                {"When": formats.when(event["at"]), "Who": event["who"], "What": told(event)}
                for event in reversed(events)
            ],
            hide_index=True, width="stretch", height="content",
            column_config={"When": st.column_config.TextColumn(width=150),
                           "Who": st.column_config.TextColumn(width=120)},
        )  # fmt: skip


def told(event: rows.Row) -> str:
    """One event in words."""
    detail = event["detail"] or {}
    words = str(event["kind"])
    match event["kind"]:
        case "assigned" | "reassigned" | "rescheduled":
            words += f" to {detail['reviewer']}" if event["kind"] != "rescheduled" else ""
            words += f", until {detail['deadline']}" if detail["deadline"] else ""
        case "answered":
            name = formats.title(detail["question"])
            words += f" {name}: {formats.answer(detail['answer'])}"
        case "commented on":
            place = event["moment"]
            words = f"comment at {formats.clock(place)}" if place is not None else "comment"
        case "decided":
            words = "appeal granted" if detail["granted"] else "appeal rejected"
    if "score" in detail:
        words += f", score {formats.decimal(detail['score'], 1)}"
    return f"{words}: {event['text']}" if event["text"] else words


def _is(name: str | None, who: str) -> bool:
    return name is not None and same(name, who)


def _share(store: Store, review: Review, who: str) -> None:
    with st.form(f"share {review.key!r}", border=False):
        left, right = st.columns([1.4, 1], vertical_alignment="bottom")
        until = left.date_input(
            "The agent may answer until", date.today() + timedelta(_DAYS), format="DD/MM/YYYY"
        )
        sent = right.form_submit_button("Share with the agent", type="primary", width="stretch")
    if sent:
        widgets.attempt(
            "Shared", scored.share, store, review.key, review.revision, who, deadline=until
        )


def _acknowledge(store: Store, review: Review, who: str) -> None:
    if st.button("Acknowledge", type="primary", key=f"acknowledge {review.key!r}"):
        widgets.attempt(
            "Acknowledged", workflow.acknowledge, store, review.key, review.revision, who
        )


def _appeal(store: Store, review: Review, who: str) -> None:
    with st.form(f"appeal {review.key!r}", border=False):
        reason = st.text_area("What is wrong with the score", height=80)
        sent = st.form_submit_button("Appeal")
    if sent:
        widgets.attempt(
            "Appealed", workflow.appeal, store, review.key, review.revision, who, reason
        )


def _decide(store: Store, review: Review, who: str) -> None:
    with st.form(f"decide {review.key!r}", border=False):
        st.caption("Change the answers above first, where the agent is right.")
        reason = st.text_area("Why, for the agent and the reviewer", height=80)
        left, right = st.columns(2)
        granted = left.form_submit_button("Grant the appeal", type="primary", width="stretch")
        rejected = right.form_submit_button("Reject it", width="stretch")
    if granted or rejected:
        widgets.attempt(
            "Decided",
            scored.decide,
            store,
            review.key,
            review.revision,
            who,
            granted=granted,
            reason=reason,
        )


def _finalise(store: Store, review: Review, who: str) -> None:
    if st.button("Make it final", type="primary", key=f"finalise {review.key!r}"):
        today = date.today()
        widgets.attempt(
            "Final", workflow.finalise, store, review.key, review.revision, who, today=today
        )


def _reschedule(store: Store, review: Review, who: str) -> None:
    with st.form(f"reschedule {review.key!r}", border=False):
        left, right = st.columns([1.4, 1], vertical_alignment="bottom")
        until = left.date_input("Deadline", review.deadline, format="DD/MM/YYYY")
        sent = right.form_submit_button("Move the deadline", width="stretch")
    if sent:
        widgets.attempt(
            "Deadline moved",
            workflow.reschedule,
            store,
            review.key,
            review.revision,
            who,
            deadline=until,
        )


def _give(store: Store, review: Review, who: str) -> None:
    with (
        st.expander("Give it to somebody else, or move the deadline"),
        st.form(f"give {review.key!r}", border=False),
    ):
        left, right = st.columns(2)
        reviewer = left.text_input("Reviewer", review.reviewer)
        until = right.date_input("Deadline", review.deadline, format="DD/MM/YYYY")
        sent = st.form_submit_button("Give")
    if sent:
        widgets.attempt("Given", workflow.reassign, store, review.key, review.revision, who,
            reviewer=reviewer, deadline=until)  # fmt: skip


_CONTROLS: dict[str, Callable[[Store, Review, str], None]] = {
    "share": _share,
    "acknowledge": _acknowledge,
    "appeal": _appeal,
    "decide": _decide,
    "finalise": _finalise,
    "reschedule": _reschedule,
    "give": _give,
}
