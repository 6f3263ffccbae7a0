"""The draft on the desk: what is open, what was saved, and every change to it.

Changes are made in callbacks of widgets, which Streamlit runs before it draws anything: so no
keystroke is lost to a click that follows it at once, and a page is drawn from one state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cintel.errors import StoreError
from cintel.quality import drafting
from cintel.quality.drafting import Path, Place, Tree
from cintel.store import Store, scorecards
from cintel.store.scorecards import Draft


@dataclass
class Workbench:
    """One open draft.

    Attributes:
        store: where it is kept.
        seen: as it was last read or saved.
        tree: as it is here.
        place: the section or question that is being edited; empty: the scorecard itself.
        epoch: counts changes after which widgets must be drawn anew.
        refused: why the last change could not be saved, empty where it was.
    """

    store: Store
    seen: Draft
    tree: Tree
    place: Place = ()
    epoch: int = 0
    refused: str = ""

    def key(self, path: Path) -> str:
        """The key of the widget that edits what is at a path; each kind of rule has its own."""
        holders = (drafting.value_at(self.tree, path[:end]) for end in range(1, len(path)))
        kinds = [
            holder["kind"] for holder in holders if isinstance(holder, dict) and "kind" in holder
        ]
        return " ".join(map(str, (self.seen.name, self.epoch, *path, *kinds)))

    def at(self, path: Path) -> Any:
        """What is at a path, None where nothing is."""
        return drafting.value_at(self.tree, path)

    def keep(self, tree: Tree) -> None:
        """Take and save a changed draft; what cannot be saved stays here."""
        if tree == self.tree:
            return
        self.tree = tree
        if self.refused:
            return
        try:
            who = st.session_state.get("reviewer", "")
            self.seen = scorecards.save(self.store, self.seen, tree, who)
        except StoreError as error:
            self.refused = str(error)

    def write(
        self, path: Path, key: str, default: Any, read: Callable[[Any], Any] | None = None
    ) -> None:
        """Put the value of a widget, as ``read`` reads it, at a path."""
        value = st.session_state[key]
        self.keep(drafting.with_value(self.tree, path, read(value) if read else value, default))

    def redo(self, tree: Tree, place: Place | None = None) -> None:
        """Take a draft of another shape, of which the widgets know nothing yet."""
        self.keep(tree)
        self.epoch += 1
        if place is not None:
            self.place = place

    def reload(self) -> None:
        """Take what the store has, and let go of what could not be saved."""
        found = scorecards.draft(self.store, self.seen.name)
        if found is None:
            close()
            return
        self.seen, self.tree, self.refused = found, found.content, ""
        self.place, self.epoch = (), self.epoch + 1


def opened(store: Store) -> Workbench | None:
    """The draft that the address or this session names; None: none is open."""
    name = st.query_params.get("draft") or st.session_state.get("draft")
    if not name:
        return None
    desk: Workbench | None = st.session_state.get("desk")
    if desk is None or desk.seen.name != name:
        found = scorecards.draft(store, name)
        if found is None:
            close()
            return None
        desk = st.session_state["desk"] = Workbench(store, found, found.content)
    st.session_state["draft"] = st.query_params["draft"] = name
    return desk


def open_draft(name: str) -> None:
    """Make a draft the one that is open."""
    st.session_state.pop("desk", None)
    st.session_state["draft"] = st.query_params["draft"] = name


def close() -> None:
    """Back to the list."""
    for name in ("desk", "draft"):
        st.session_state.pop(name, None)
    st.query_params.pop("draft", None)
