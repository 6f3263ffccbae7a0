"""The form as a reviewer will see it; answers given here are kept nowhere."""

from __future__ import annotations

import streamlit as st

from cintel.dashboard import calibration, formats
from cintel.dashboard.workbench import Workbench
from cintel.quality import Question, draft_mistakes
from cintel.quality.draft_mistakes import Mistake


def draw(desk: Workbench, faults: list[Mistake]) -> None:
    """Every section with its questions; those that are unfinished say so."""
    unread = {fault.place for fault in faults if fault.inside}
    st.markdown(f"**{formats.plain(str(desk.tree['title'] or 'Untitled'))}**")
    for row, section in enumerate(desk.tree["sections"]):
        st.markdown(f"{formats.plain(str(section['title'] or ''))} · {section['weight'] or 0:g} %")
        for column, tree in enumerate(section["questions"]):
            if (row, column) in unread:
                st.caption(f":material/warning: {formats.plain(tree['id'] or '')} is unfinished")
                continue
            question = draft_mistakes.question(tree)
            for part in question.parts:
                _ask(part, f"preview {desk.seen.name} {desk.epoch} {row} {column} {part.id}")


def _ask(question: Question, key: str) -> None:
    if question.type == "text":
        st.text_area(formats.plain(question.text), key=key, height=68)
    else:
        calibration.ask(question, question.text, key)
    if told := marks(question):
        st.caption(told)


def marks(question: Question) -> str:
    """What a question is worth and what depends on it, in a line."""
    found = []
    if question.type != "text":
        noun = "bonus point" if question.bonus else "point"
        found.append(f"{question.possible:g} {noun}{'s' * (question.possible != 1)}")
    if question.critical:
        found.append(f"critical for the {question.critical}")
    if question.when is not None:
        found.append("not always asked")
    return " · ".join(found)
