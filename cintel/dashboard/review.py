"""One answer under review: what the machine said, what the reviewer says, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from cintel.dashboard import formats, forms, widgets
from cintel.dashboard.forms import AnswerValue, Item
from cintel.errors import CintelError
from cintel.store import Store, worklist
from cintel.store import reviews as store_reviews
from cintel.store.workflow_steps import Key

if TYPE_CHECKING:
    from cintel.quality import Question


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to review; ``reviewed_at`` says when somebody last did.

    ``revision`` is that of the review of the whole evaluation, None where there is none.
    ``given`` is the machine's answer, or, where it was unsure, what it suggests; ``earned`` its
    points.
    """

    conversation: str
    scorecard: str
    version: str
    item: Item
    question: Question | None
    given: AnswerValue
    earned: float | None
    unsure: bool
    reviewed_at: str | None
    revision: int | None


def task(store: Store, conversation: str, scorecard: str, version: str, name: str) -> Task | None:
    """An answer as it stands; None where the conversation was analysed again meanwhile."""
    found = store_reviews.answers(store, conversation)
    same = found[
        (found["scorecard"] == scorecard)
        & (found["version"] == version)
        & (found["question"] == name)
    ]
    if same.empty:
        return None
    row = same.iloc[0].to_dict()
    card = forms.scorecard(store, scorecard, version)
    question, unsure = forms.question_of(card, name), bool(row["unsure"])
    given = row["suggested" if unsure else "ai_answer"]
    given = None if formats.missing(given) else given
    earned = forms.points(question, given, None, 0.0) if unsure else float(row["ai_points"])
    whole = worklist.review(store, Key(conversation, scorecard, version))
    return Task(
        conversation, scorecard, version, forms.item(row, card), question, given, earned, unsure,
        row["reviewed_at"] if row["reviewed"] else None, whole.revision if whole else None,
    )  # fmt: skip


def save(store: Store, found: Task, reviewer: str, answer: AnswerValue, comment: str) -> None:
    """Put the reviewer's answer beside the machine's.

    Raises:
        UsageError: no reviewer.
        StoreError: the answer is gone, its review is closed or was changed since, or the store
            cannot be written.
    """
    store_reviews.override(
        store, found.conversation, found.scorecard, found.version, found.item.question,
        reviewer=reviewer, answer=answer, comment=comment,
        points=forms.points(found.question, answer, found.given, found.earned),
        revision=found.revision,
    )  # fmt: skip


def reviewer(place: Any, label: str = "Reviewer") -> str:
    """Who reviews, or answers a review, asked once a session."""
    name: str = place.text_input(
        label, key="reviewer", persist_state="session", placeholder="Your name",
        help="Stands beside every answer you give",
    )  # fmt: skip
    return name


def draw(store: Store, found: Task, who: str) -> None:
    """The form; a saved answer starts the page again, with a word of thanks."""
    item, key = found.item, f"{found.conversation} {found.version} {found.item.question}"
    ai, human = st.columns(2, gap="medium")
    with ai:
        _machine(item)
    with human, st.form(key, border=False):
        chosen = _answer(found)
        comment = st.text_area("Comment", height=80, placeholder="Why, for the agent and for you")
        sent = st.form_submit_button("Save", type="primary", width="stretch")
    now = (found.reviewed_at, found.revision)
    seen = st.session_state.setdefault(f"seen {key}", now)
    if not sent:
        return
    st.session_state.pop(f"seen {key}")
    if now != seen and found.reviewed_at == seen[0]:
        st.warning("The review of the whole was changed meanwhile. Save again if it still holds.")
        return
    if now != seen:
        said = formats.plain(f"{item.reviewer} answered {item.human}")
        st.warning(f"{said} meanwhile. Save again to overrule that.")
        return
    if not chosen:
        st.warning("Choose an answer.")
        return
    _submit(store, found, who, chosen[0], comment)


def _answer(found: Task) -> tuple[AnswerValue] | None:
    """The reviewer's answer; None where none is chosen yet."""
    if found.question is not None and found.question.type == "text":
        text = st.text_area("Your answer", value=found.given or "", height=80)
        return (str(text).strip() or None,)
    options = forms.choices(found.question, found.given)
    nothing_given = found.unsure and found.given is None
    place = st.radio(
        "Your answer", range(len(options)),
        index=None if nothing_given else options.index(found.given),
        format_func=lambda place: formats.answer(options[place]), horizontal=True,
    )  # fmt: skip
    return None if place is None else (options[place],)


def _machine(item: Item) -> None:
    st.markdown(f"The AI's answer  \n**{formats.plain(item.answer)}**")
    st.caption(f"Confidence {formats.percent(item.confidence)}: {formats.plain(item.reason)}")
    for evidence in item.evidence[:2]:
        quote = formats.plain(formats.shorten(evidence["quote"], 140))
        st.caption(f"{formats.clock(evidence['start'])}  “{quote}”")
    if item.human is not None:
        comment = f": {formats.plain(item.comment)}" if item.comment else ""
        who = formats.plain(item.reviewer)
        st.markdown(f"{who}'s answer  \n**{formats.plain(item.human)}**{comment}")


def _submit(store: Store, found: Task, who: str, answer: AnswerValue, comment: str) -> None:
    try:
        save(store, found, who, answer, comment)
    except CintelError as error:
        st.error(f"Not saved. {formats.plain(str(error))}.", icon=":material/error:")
        return
    word = "confirmed" if answer == found.given else "overruled"
    word = "answered" if found.unsure else word
    widgets.done(f"{formats.title(found.item.question)} {word}")
    st.session_state["reviewing"] = None
    st.rerun()
