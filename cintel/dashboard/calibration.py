"""Calibration sessions: start one, score blind beside the recording, then see who said what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cintel.dashboard import formats, forms, panel, stage, widgets
from cintel.dashboard.view import View
from cintel.store import Store, rows
from cintel.store import calibration as kept

if TYPE_CHECKING:
    from pandas import DataFrame

    from cintel.quality import Question


def listed(store: Store) -> DataFrame:
    """Every session, worded."""
    found = kept.sessions(store)
    done = zip(found["scored"], found["scorers"], strict=True)
    return found.assign(
        title=found["scorecard"].map(formats.title),
        when=found["created_at"].map(formats.when),
        progress=[f"{scored} of {asked}" for scored, asked in done],
        state=["seen by all" if ended else "blind" for ended in found["ended_at"].notna()],
    )


def compared(answers: list[rows.Row]) -> DataFrame:
    """One row a question, one column a scorer, the machine first; ``differ`` where people do."""
    from pandas import DataFrame

    people = dict.fromkeys(row["scorer"] for row in answers)
    order = sorted(people, key=lambda name: (name != kept.MACHINE, name))
    questions: dict[str, dict[str, str]] = {}
    for row in answers:
        said = questions.setdefault(row["question"], {})
        said[row["scorer"]] = formats.answer(row["answer"])
    table = [
        {"question": formats.title(name),
         "differ": len({text for who, text in said.items() if who != kept.MACHINE}) > 1}
        | {who: said.get(who, formats.NOTHING) for who in order}
        for name, said in questions.items()
    ]  # fmt: skip
    return DataFrame(table, columns=["question", "differ", *order])


def draw(view: View, who: str) -> None:
    """The sessions, and the one that was clicked."""
    widgets.thank()
    found = listed(view.store)
    if found.empty:
        st.caption(
            "None yet. Several people score one conversation without seeing the AI's answers or "
            "each other's; when all have, everybody sees everything."
        )
    else:
        columns = {
            "title": st.column_config.TextColumn("Scorecard", width=170),
            "conversation_id": st.column_config.TextColumn("Conversation", width=130),
            "agent_id": st.column_config.TextColumn("Agent", width=110),
            "created_by": st.column_config.TextColumn("Started by", width=110),
            "when": st.column_config.TextColumn("Started", width=130),
            "progress": st.column_config.TextColumn("Scored", width=70),
            "state": st.column_config.TextColumn("State", width=90),
        }
        row = widgets.clickable(found, "calibrations", columns)
        chosen = found.iloc[row or 0].to_dict()
        _session(view, chosen, who)
    with st.expander("Start a session"):
        _start(view.store, who)


def _session(view: View, chosen: dict[Any, Any], who: str) -> None:
    session = int(chosen["session"])
    asked = kept.scorers(view.store, session)
    if chosen["state"] != "blind":
        found = compared(kept.answers(view.store, session, who))
        st.dataframe(
            found.drop(columns="differ").style.apply(
                lambda row: ["background-color: rgba(213, 94, 0, 0.16)" * bool(
                    found["differ"][row.name])] * len(row), axis=1),
            hide_index=True, width="stretch", height="content", key=f"compared {session}",
        )  # fmt: skip
        st.caption("Shaded where people differ. The AI's answers stand beside theirs.")
    elif who.strip() in asked and asked[who.strip()] is None:
        _score(view, session, chosen, who.strip())
    else:
        waiting = formats.plain(", ".join(name for name, done in asked.items() if done is None))
        st.caption(f"Blind until all have scored. Waiting for {waiting}.")
        if who.strip() == chosen["created_by"] and st.button("End it now, without them"):
            widgets.attempt("Session ended", kept.end, view.store, session, who.strip())


def _score(view: View, session: int, chosen: dict[Any, Any], who: str) -> None:
    analysis = view.store.load(chosen["conversation_id"])
    card = forms.scorecard(view.store, chosen["scorecard"], chosen["version"])
    stage.draw_player(view, analysis, panel.tabs(analysis, []), None, "calibrate")
    answers: dict[str, forms.AnswerValue] = {}
    comments: dict[str, str] = {}
    with st.form(f"calibration {session} {who}"):
        for name in kept.questions(view.store, session):
            question = forms.question_of(card, name)
            text = question.text if question else formats.title(name)
            left, right = st.columns([1.6, 1], gap="medium")
            with left:
                said = ask(question, text, f"calibration {session} {name}")
            if said:
                answers[name] = said[0]
            comments[name] = right.text_input(
                "Comment", key=f"comment {session} {name}", placeholder="Why"
            )
        sent = st.form_submit_button("Score, for good", type="primary")
    if sent:
        widgets.attempt("Scored", kept.score, view.store, session, who, answers, comments)


def ask(question: Question | None, text: str, key: str) -> list[forms.AnswerValue]:
    """A question as a reviewer answers it; no answer while nothing is chosen.

    A number left empty is not applicable.
    """
    if question is not None and question.type == "number":
        return [st.number_input(formats.plain(text), value=None, key=key)]
    scale = question is not None and question.type == "scale"
    known = question.answers if question is not None else ("yes", "no")
    options: list[forms.AnswerValue] = [float(name) if scale else name for name in known]
    options.append(None)
    place = st.radio(
        formats.plain(text), range(len(options)), index=None, horizontal=True, key=key,
        format_func=lambda place: formats.answer(options[place]),
    )  # fmt: skip
    return [] if place is None else [options[place]]


def _start(store: Store, who: str) -> None:
    with st.form("start calibration", border=False):
        left, right = st.columns(2)
        key = left.text_input("Conversation", placeholder="Its id, or the start of it")
        names = right.text_input("Who scores it", placeholder="Names, with commas between")
        sent = st.form_submit_button("Start", type="primary")
    if sent:
        widgets.attempt("Session started", _begin, store, key, who, names.split(","))


def _begin(store: Store, key: str, who: str, names: list[str]) -> None:
    analysis = store.load(key)
    for evaluation in analysis.evaluations:
        if evaluation.answers:
            kept.begin(
                store, analysis.id, evaluation.scorecard, evaluation.version,
                created_by=who, scorers=names,
            )  # fmt: skip
