"""The form of what is being edited: the scorecard itself, a section, or a question."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import streamlit as st

from cintel.dashboard import fields, rules
from cintel.dashboard.workbench import Workbench
from cintel.quality import drafting
from cintel.quality.drafting import Path, Tree
from cintel.quality.scorecard import DEFAULT_SURE

TYPES = {
    "yes_no": "Yes or no",
    "choice": "One of several answers",
    "scale": "A scale of numbers",
    "number": "A figure",
    "checklist": "A checklist",
    "text": "A comment",
}
_CRITICAL = {
    None: "No more than its points",
    "section": "Its section counts 0",
    "form": "The whole score is 0",
}
_ASKED = {None: "Always", "channel": "Only on some channels", "yaml": "Only if … (YAML)"}
_JUDGES = {
    "yes_no": (*rules.SINGLE, "yaml", "human", "llm"),
    "choice": ("", "human", "llm"),
    "scale": ("", "human", "llm"),
    "number": ("metric",),
    "text": ("human", "llm"),
}
_OF_OPTION = (*rules.SINGLE, "yaml", "")
_CHANNELS = ("call", "chat", "email")


def draw(desk: Workbench) -> None:
    """The form of the place that is chosen in the outline."""
    if not desk.place:
        _card(desk)
    elif len(desk.place) == 1:
        _section(desk)
    else:
        _question(desk)


def _card(desk: Workbench) -> None:
    fields.text(desk, ("title",), "Title")
    fields.number(
        desk, ("pass_mark",), "Passes with a score of", step=1.0, min_value=0.0, max_value=100.0
    )
    st.caption("Choose a section or a question in the outline to edit it; the arrow keys work.")


def _section(desk: Workbench) -> None:
    path = drafting.path_of(desk.place)
    fields.text(desk, (*path, "title"), "Title of the section")
    left, right = st.columns(2)
    with left:
        fields.number(desk, (*path, "weight"), "Weight in %", step=1.0, min_value=0.0)
    with right:
        fields.text(desk, (*path, "name"), "Short name", help="Stays when the title changes")
    total = sum(section.get("weight") or 0 for section in desk.tree["sections"])
    if total != 100:
        st.caption(f"All weights add up to {total:g}, not 100.")
        st.button("Make them add up", on_click=_even, args=(desk,))


def _even(desk: Workbench) -> None:
    desk.redo(drafting.evened(desk.tree))


def _question(desk: Workbench) -> None:
    path = drafting.path_of(desk.place)
    kind = str(desk.at((*path, "type")) or "yes_no")
    fields.area(desk, (*path, "text"), "Question, as a reviewer reads it", 70)
    left, middle, right = st.columns([1.5, 0.8, 1.2])
    key = f"{desk.key((*path, 'type'))} type"
    left.selectbox(
        "Answer", list(TYPES), index=list(TYPES).index(kind), key=key,
        format_func=TYPES.__getitem__, on_change=_retype, args=(desk, path, key),
    )  # fmt: skip
    if kind in ("yes_no", "number", "checklist"):
        with middle:
            fields.number(desk, (*path, "points"), "Points", step=1.0, min_value=0.0)
    with right:
        fields.text(desk, (*path, "id"), "Short name", help="Unique; tables and `when` go by it")
    if kind == "checklist":
        _items(desk, (*path, "items"))
    else:
        rules.judge(desk, (*path, "judge"), _JUDGES[kind])
    if kind in ("choice", "scale"):
        _options(desk, (*path, "options"), desk.at((*path, "judge")) is None)
    with st.expander("If it fails, does not apply, or is unsure"):
        _further(desk, path, kind)


def _retype(desk: Workbench, path: Path, key: str) -> None:
    kind = st.session_state[key]
    question = drafting.retyped(desk.at(path), kind)
    desk.redo(drafting.with_value(desk.tree, path, question))


def _further(desk: Workbench, path: Path, kind: str) -> None:
    if kind != "text":
        fields.choice(desk, (*path, "critical"), "If it earns nothing", _CRITICAL)
        fields.flag(desk, (*path, "bonus"), "Bonus: earned, but not needed")
    fields.flag(desk, (*path, "allow_na"), "A reviewer may answer “not applicable”")
    fields.number(
        desk, (*path, "sure"), "An automatic answer stands from a confidence of", DEFAULT_SURE,
        step=0.05, min_value=0.0, max_value=1.0,
        help="With less it is left to a person, with the suggestion",
    )  # fmt: skip
    if kind in ("yes_no", "checklist", "choice"):
        options = desk.at((*path, "options")) or ()
        answers = [option["answer"] for option in options if option["answer"]] or ["yes", "no"]
        fields.several(desk, (*path, "confirm"), "Answers that a person always confirms", answers)
    _asked(desk, (*path, "when"))


def _asked(desk: Workbench, path: Path) -> None:
    rule = desk.at(path)
    now = None if rule is None else "channel" if rule.get("kind") == "channel" else "yaml"
    key = f"{desk.key(path)} asked"
    chosen = st.selectbox(
        "Asked", list(_ASKED), index=list(_ASKED).index(now), key=key,
        format_func=_ASKED.__getitem__, on_change=_ask, args=(desk, path, key),
    )  # fmt: skip
    if chosen == "channel":
        fields.several(desk, (*path, "values"), "Channels", _CHANNELS, required=True)
    elif chosen == "yaml":
        rules.as_yaml(desk, path)


def _ask(desk: Workbench, path: Path, key: str) -> None:
    chosen = st.session_state[key]
    if chosen == "yaml":
        return
    rule = {"kind": "channel", "values": ["call"]} if chosen == "channel" else None
    desk.keep(drafting.with_value(desk.tree, path, rule))


def _options(desk: Workbench, path: Path, by_rules: bool) -> None:
    """The answers of a choice or scale, each with its rule where no one else decides."""
    if by_rules:
        st.caption("The first answer whose rule holds is taken; the last one may take the rest.")
    for place, option in enumerate(desk.at(path) or ()):
        with st.container(border=True):
            left, right, end = st.columns([2, 1, 0.6], vertical_alignment="bottom")
            with left:
                fields.text(desk, (*path, place, "answer"), "Answer")
            with right:
                fields.number(desk, (*path, place, "points"), "Points", step=1.0, min_value=0.0)
            _remove(desk, path, place, end)
            if by_rules or "judge" in option:
                rules.judge(desk, (*path, place, "judge"), _OF_OPTION, "It holds if")
    _add(desk, path, {"answer": "", "points": 0}, "Add an answer")


def _items(desk: Workbench, path: Path) -> None:
    """The lines of a checklist."""
    for place in range(len(desk.at(path) or ())):
        with st.container(border=True):
            left, right, end = st.columns([2, 1, 0.6], vertical_alignment="bottom")
            with left:
                fields.text(desk, (*path, place, "text"), "Line")
            with right:
                fields.text(desk, (*path, place, "id"), "Short name")
            _remove(desk, path, place, end)
            rules.judge(desk, (*path, place, "judge"), _JUDGES["yes_no"])
    line = {"id": "", "text": "", "judge": {"kind": "human"}}
    _add(desk, path, line, "Add a line")


def _add(desk: Workbench, path: Path, new: Tree, label: str) -> None:
    st.button(
        label, icon=":material/add:", key=f"{desk.key(path)} add", on_click=_change,
        args=(desk, path, None, new),
    )  # fmt: skip


def _remove(desk: Workbench, path: Path, place: int, column: Any) -> None:
    column.button(
        "", icon=":material/delete:", key=f"{desk.key(path)} {place} remove", help="Remove it",
        on_click=_change, args=(desk, path, place, None),
    )  # fmt: skip


def _change(desk: Workbench, path: Path, lost: int | None, new: Tree | None) -> None:
    kept = [item for place, item in enumerate(desk.at(path) or ()) if place != lost]
    kept += [] if new is None else [deepcopy(new)]
    desk.redo(drafting.with_value(desk.tree, path, kept))
