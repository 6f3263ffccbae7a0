"""Scorecards: those that ship with cintel, those of the store, their versions, and drafts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from cintel.dashboard import builder, formats, forms, publishing, widgets, workbench
from cintel.dashboard.view import View
from cintel.errors import CintelError
from cintel.quality import Scorecard, drafting, load_scorecard
from cintel.quality.differences import differences
from cintel.quality.drafting import Tree
from cintel.quality.packaged import shelf
from cintel.quality.published import require_free
from cintel.quality.scorecard import to_dict
from cintel.store import Store
from cintel.store import scorecards as kept
from cintel.store.scorecards import Draft, Version


@dataclass(frozen=True, slots=True)
class Entry:
    """One scorecard by name: what ships with cintel, what the store has, what is being written."""

    name: str
    packaged: bool
    versions: tuple[Version, ...]
    draft: Draft | None


def entries(store: Store) -> list[Entry]:
    """Every scorecard that can be opened, by name."""
    versions, drafts = kept.versions(store), {item.name: item for item in kept.drafts(store)}
    packaged = shelf()
    names = sorted({*packaged, *drafts, *(item.name for item in versions)})
    return [
        Entry(name, name in packaged, tuple(v for v in versions if v.name == name),
              drafts.get(name))
        for name in names
    ]  # fmt: skip


def newest(store: Store, entry: Entry) -> Scorecard | None:
    """What an entry stands for now; None: it is a draft only."""
    if entry.packaged:
        return load_scorecard(entry.name)
    if not entry.versions:
        return None
    return forms.scorecard(store, entry.name, entry.versions[0].version)


def state(entry: Entry) -> str:
    """Where an entry comes from, in words."""
    last = next(iter(entry.versions), None)
    found = ["ships with cintel"] if entry.packaged else []
    if last is not None and last.published_at:
        found.append(f"published {formats.when(last.published_at)} by {last.published_by}")
    elif last is not None and not entry.packaged:
        found.append("came with an evaluation")
    if entry.draft:
        found.append(f"draft of {formats.when(entry.draft.saved_at)}")
    return ", ".join(found)


def short_name(title: str) -> str:
    """The name of a scorecard from its title: ``My card`` is ``my-card``."""
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")


def page(view: View) -> None:
    """Draw the page: the open draft, or the list."""
    widgets.thank()
    if desk := workbench.opened(view.store):
        builder.draw(view, desk)
        return
    found = entries(view.store)
    _list(view.store, found)
    st.divider()
    _new(view.store)


def _list(store: Store, found: list[Entry]) -> None:
    from pandas import DataFrame

    cards = [newest(store, entry) for entry in found]
    frame = DataFrame(
        [
            {"title": card.title if card else formats.title(entry.name), "name": entry.name,
             "questions": len(card.questions) if card else None,
             "versions": len(entry.versions),
             "used": sum(item.evaluations for item in entry.versions), "state": state(entry)}
            for entry, card in zip(found, cards, strict=True)
        ]
    )  # fmt: skip
    columns = {
        "title": st.column_config.TextColumn("Scorecard", width=200),
        "name": st.column_config.TextColumn("Name", width=150),
        "questions": st.column_config.NumberColumn("Questions", width=80),
        "versions": st.column_config.NumberColumn("Versions", width=75),
        "used": st.column_config.NumberColumn("Evaluations", width=90),
        "state": st.column_config.TextColumn("State", width=320),
    }
    row = widgets.clickable(frame, "scorecards", columns)
    names = [entry.name for entry in found]
    if row is not None:
        st.session_state["card"] = names[row]
    chosen = st.session_state.get("card")
    place = names.index(chosen) if chosen in names else 0
    _entry(store, found[place], cards[place])


def _entry(store: Store, entry: Entry, card: Scorecard | None) -> None:
    st.markdown(f"#### {formats.plain(card.title if card else formats.title(entry.name))}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if entry.draft:
            st.button("Go on with the draft", type="primary", icon=":material/edit:",
                      on_click=workbench.open_draft, args=(entry.name,))  # fmt: skip
        elif card is not None and entry.packaged:
            st.text_input("Name of your copy", f"My {card.title[:1].lower()}{card.title[1:]}",
                          key=f"copy {entry.name}", width=260)  # fmt: skip
            st.button("Make a copy", type="primary", icon=":material/edit:", on_click=_copy,
                      args=(store, card, f"copy {entry.name}"))  # fmt: skip
        elif card is not None:
            st.button("Edit as a draft", type="primary", icon=":material/edit:", on_click=_begin,
                      args=(store, entry.name, to_dict(card), card.version))  # fmt: skip
        if card is not None:
            publishing.download(card)
    if fault := st.session_state.pop("not begun", None):
        st.error(formats.plain(fault), icon=":material/error:")
    _versions(store, entry)


def _versions(store: Store, entry: Entry) -> None:
    """Every version with what it changed against the one before."""
    known = [forms.scorecard(store, entry.name, item.version) for item in entry.versions]
    for place, (item, card) in enumerate(zip(entry.versions, known, strict=True)):
        when = item.published_at or item.created_at
        word = f"published by {item.published_by}" if item.published_at else "came with evaluations"
        told = f"`{item.version}` · {formats.when(when)} · {formats.plain(word)}"
        used = f"{item.evaluations:,} evaluation{'s' * (item.evaluations != 1)}"
        with st.expander(f"{told} · {used}"):
            before = known[place + 1] if place + 1 < len(known) else None
            if card is None or before is None:
                st.caption("There is no earlier version.")
            else:
                publishing.listed(differences(before, card))
            if card is not None and not entry.packaged and place:
                _earlier(store, entry, card)


def _earlier(store: Store, entry: Entry, card: Scorecard) -> None:
    """What can be done with a version that is not the newest."""
    with st.container(horizontal=True):
        if entry.draft is None:
            st.button(
                "Edit this one as a draft", key=f"edit {card.version}", on_click=_begin,
                args=(store, entry.name, to_dict(card), card.version),
            )  # fmt: skip
        publishing.download(card)


def _new(store: Store) -> None:
    st.markdown("#### A new scorecard")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Title", key="new scorecard", placeholder="Collections calls", width=260)
        st.button("Begin", icon=":material/add:", on_click=_blank, args=(store,))


def _blank(store: Store) -> None:
    title = st.session_state["new scorecard"].strip()
    name = short_name(title)
    _begin(store, name, drafting.begun(name, title), None)


def _copy(store: Store, card: Scorecard, key: str) -> None:
    title = st.session_state[key].strip()
    name = short_name(title)
    _begin(store, name, to_dict(card) | {"name": name, "title": title}, None)


def _begin(store: Store, name: str, content: Tree, based_on: str | None) -> None:
    try:
        require_free(name)
        kept.begin(store, name, content, based_on, st.session_state.get("reviewer", ""))
    except CintelError as error:
        st.session_state["not begun"] = f"Not begun. {error}"
        return
    workbench.open_draft(name)
