"""The builder: a draft's outline, the form of what is chosen in it, and the form it becomes."""

from __future__ import annotations

import streamlit as st

from cintel.dashboard import editor, formats, preview, publishing, tryout, widgets, workbench
from cintel.dashboard.view import View
from cintel.dashboard.workbench import Workbench
from cintel.errors import StoreError
from cintel.quality import draft_mistakes, drafting
from cintel.quality.draft_mistakes import Mistake
from cintel.quality.drafting import Place
from cintel.quality.writing import yaml_of
from cintel.store import scorecards

MODES = ("Edit", "Try on a call", "As YAML", "Publish")
_STYLE = """<style>
[data-testid=stHorizontalBlock]:has(.st-key-outline) { flex-wrap: wrap; }
[data-testid=stColumn]:has(.st-key-outline) { flex: 1 1 15rem; min-width: 15rem; }
[data-testid=stColumn]:has(.st-key-form) { flex: 1.35 1 21rem; min-width: 21rem; }
[data-testid=stColumn]:has(.st-key-preview) { flex: 1.2 1 18rem; min-width: 18rem; }
.st-key-outline [role=radiogroup] { gap: 0.35rem; width: 100%; }
.st-key-outline [role=radiogroup] label { max-width: 100%; overflow: hidden; }
.st-key-outline [role=radiogroup] label * { min-width: 0; }
.st-key-outline [role=radiogroup] p {
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
textarea[aria-label=Rule], textarea[aria-label="The whole scorecard"] {
  font-family: monospace; font-size: 0.82rem; white-space: pre; overflow-x: auto;
}
</style>"""


def draw(view: View, desk: Workbench) -> None:
    """The open draft."""
    st.html(_STYLE)
    faults = draft_mistakes.mistakes(desk.tree)
    card = None if faults else draft_mistakes.scorecard(desk.tree)
    _head(desk, faults)
    mode = st.segmented_control(
        "Step", MODES, default="Edit", key="step", required=True, label_visibility="collapsed"
    )
    if mode == "Edit":
        _edit(desk, faults)
    elif mode == "As YAML":
        publishing.as_text(desk)
    elif mode == "Publish":
        publishing.draw(desk, card)
    elif card is None:
        st.caption("A draft with mistakes cannot be tried.")
    else:
        tryout.draw(view, card)


def _head(desk: Workbench, faults: list[Mistake]) -> None:
    left, right = st.columns([2, 1], vertical_alignment="center")
    left.markdown(f"### {formats.plain(str(desk.tree['title'] or desk.seen.name))}")
    with right.container(horizontal=True, horizontal_alignment="right"):
        st.button("Discard", on_click=_discard, args=(desk,), help="Published versions stay")
        st.button(
            "Close", icon=":material/close:", on_click=workbench.close, help="The draft is kept"
        )
    origin = f"from version {desk.seen.based_on}" if desk.seen.based_on else "a new scorecard"
    by = f" by {desk.seen.saved_by}" if desk.seen.saved_by else ""
    saved = f"saved {formats.when(desk.seen.saved_at)} UTC{by}"
    st.caption(formats.plain(f"Draft of {desk.seen.name}, {origin}, {saved}"))
    if desk.refused:
        _refused(desk)
    for fault in faults:
        where = f"**{formats.plain(named(desk, fault.place))}**: " if fault.place else ""
        st.warning(f"{where}{formats.plain(fault.text)}", icon=":material/warning:")


def _refused(desk: Workbench) -> None:
    st.error(f"Not saved. {formats.plain(desk.refused)}.", icon=":material/error:")
    with st.container(horizontal=True):
        st.download_button(
            "Keep a copy of mine", yaml_of(desk.tree), f"{desk.seen.name}-mine.yaml",
            "application/yaml", on_click="ignore",
        )  # fmt: skip
        st.button("Load theirs", type="primary", on_click=desk.reload)


def _discard(desk: Workbench) -> None:
    try:
        scorecards.discard(desk.store, desk.seen)
    except StoreError as error:
        desk.refused = str(error)
        return
    widgets.done(f"Draft of {desk.seen.name} discarded")
    workbench.close()


def named(desk: Workbench, place: Place) -> str:
    """A place in words: ``Opening › greeting``."""
    section = desk.tree["sections"][place[0]]
    title = str(section.get("title") or section.get("name") or "untitled")
    if len(place) == 1:
        return title
    return f"{title} › {section['questions'][place[1]].get('id') or 'unnamed'}"


def places(desk: Workbench) -> list[Place]:
    """Everything that can be edited, in order: the scorecard, each section and its questions."""
    found: list[Place] = [()]
    for row, section in enumerate(desk.tree["sections"]):
        found += [(row,), *((row, column) for column in range(len(section["questions"])))]
    return found


def labelled(desk: Workbench, place: Place, wrong: set[Place]) -> str:
    """A line of the outline; numbered, since Streamlit tells options apart by their words."""
    sign = " :material/warning:" if place in wrong else ""
    if not place:
        return f"Title and pass mark{sign}"
    value = drafting.item(desk.tree, place)
    number = ".".join(str(step + 1) for step in place)
    if len(place) == 1:
        title = formats.plain(str(value.get("title") or "untitled"))
        return f"**{number} {title}** · {value.get('weight') or 0:g} %{sign}"
    text = formats.plain(formats.shorten(value.get("text") or "no words yet", 70))
    return f"\N{EM SPACE}{number} {text}{sign}"


def _edit(desk: Workbench, faults: list[Mistake]) -> None:
    with st.container(key="desk"):
        left, middle, right = st.columns([1, 1.35, 1.2], gap="medium")
    with left, st.container(key="outline"):
        _outline(desk, {fault.place for fault in faults})
    with middle, st.container(key="form"):
        _tools(desk)
        editor.draw(desk)
    with right, st.container(key="preview", border=True, height=720):
        preview.draw(desk, faults)


def _outline(desk: Workbench, wrong: set[Place]) -> None:
    labels = {place: labelled(desk, place, wrong) for place in places(desk)}
    known = list(labels)
    # The browser remembers its choice by the words, so other words need another widget.
    key = f"outline {desk.seen.name} {desk.epoch} {hash(tuple(labels.values()))}"
    st.radio(
        "Outline", known, index=known.index(desk.place) if desk.place in known else 0, key=key,
        format_func=labels.__getitem__, on_change=_choose, args=(desk, key), width="stretch",
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button("Question", icon=":material/add:", on_click=_add_question, args=(desk,),
                  help="Adds one to the section chosen")  # fmt: skip
        st.button("Section", icon=":material/add:", on_click=_add_section, args=(desk,),
                  help="Adds one at the end")  # fmt: skip


def _choose(desk: Workbench, key: str) -> None:
    desk.place = st.session_state[key]


def _tools(desk: Workbench) -> None:
    """What can be done to the section or question as a whole."""
    if not desk.place:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{formats.plain(named(desk, desk.place))}**", width="stretch")
        st.button("", icon=":material/arrow_upward:", key="up", on_click=_move, args=(desk, -1),
                  help="Move up")  # fmt: skip
        st.button("", icon=":material/arrow_downward:", key="down", on_click=_move,
                  args=(desk, 1), help="Move down")  # fmt: skip
        st.button("", icon=":material/delete:", key="remove", on_click=_remove, args=(desk,),
                  help="Remove it")  # fmt: skip


def _add_question(desk: Workbench) -> None:
    row = desk.place[0] if desk.place else len(desk.tree["sections"]) - 1
    if row < 0:
        return
    tree = drafting.add_question(desk.tree, row)
    desk.redo(tree, (row, len(tree["sections"][row]["questions"]) - 1))


def _add_section(desk: Workbench) -> None:
    tree = drafting.add_section(desk.tree)
    desk.redo(tree, (len(tree["sections"]) - 1,))


def _move(desk: Workbench, by: int) -> None:
    desk.redo(*drafting.moved(desk.tree, desk.place, by))


def _remove(desk: Workbench) -> None:
    place = desk.place
    stay = (*place[:-1], place[-1] - 1) if place[-1] else place[:-1]
    desk.redo(drafting.removed(desk.tree, place), stay)
