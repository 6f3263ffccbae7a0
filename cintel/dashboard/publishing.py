"""The end of a draft: its text, what changed, and the button that publishes it."""

from __future__ import annotations

import streamlit as st

from cintel.dashboard import formats, forms, review, rules, widgets, workbench
from cintel.dashboard.workbench import Workbench
from cintel.errors import CintelError, ScorecardError
from cintel.quality import Scorecard, dumps, loads
from cintel.quality.differences import Difference, differences
from cintel.quality.published import publish
from cintel.quality.scorecard import to_dict
from cintel.quality.writing import yaml_of
from cintel.store import Store, scorecards

_ICONS = {
    "added": ":material/add:",
    "removed": ":material/remove:",
    "moved": ":material/swap_vert:",
    "changed": ":material/edit:",
}


def last_version(store: Store, name: str) -> Scorecard | None:
    """The version of a name that was published last, else the newest one; None: the first."""
    known = [item for item in scorecards.versions(store) if item.name == name]
    return forms.scorecard(store, name, known[0].version) if known else None


def listed(found: list[Difference]) -> None:
    """Differences, one a line."""
    lines = [f"- {_ICONS[item.kind]} **{formats.plain(item.where)}**: {formats.plain(item.what)}"
             for item in found]  # fmt: skip
    st.markdown("\n".join(lines))


def draw(desk: Workbench, card: Scorecard | None) -> None:
    """What a new version would change, and who publishes it; None: the draft has mistakes."""
    if card is None:
        st.caption("A draft with mistakes cannot be published.")
        return
    before = last_version(desk.store, desk.seen.name)
    if before is None:
        count = len(card.questions)
        st.markdown(
            f"The first version of **{formats.plain(card.name)}**: {len(card.sections)} "
            f"section{'s' * (len(card.sections) != 1)}, {count} question{'s' * (count != 1)}."
        )
    elif found := differences(before, card):
        st.markdown(f"What changes against version `{before.version}`")
        listed(found)
    else:
        st.markdown(f"Nothing differs from version `{before.version}`.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        review.reviewer(st)
        st.button(
            "Publish", type="primary", icon=":material/publish:", on_click=_publish,
            args=(desk, card), disabled=bool(desk.refused),
        )  # fmt: skip
        download(card)
    if fault := st.session_state.pop("not published", None):
        st.error(formats.plain(fault), icon=":material/error:")
    st.caption(
        f"Published, it is used with `cintel evaluate --scorecard {card.name}`. What was scored on "
        "earlier versions keeps them."
    )


def download(card: Scorecard) -> None:
    """The scorecard as a file."""
    st.download_button(
        "YAML", dumps(card), f"{card.name}-{card.version}.yaml", "application/yaml",
        icon=":material/download:", key=f"download {card.name} {card.version}", on_click="ignore",
    )  # fmt: skip


def _publish(desk: Workbench, card: Scorecard) -> None:
    try:
        publish(desk.store, desk.seen, card, st.session_state.get("reviewer", ""))
    except CintelError as error:
        st.session_state["not published"] = f"Not published. {error}"
        return
    widgets.done(f"{card.title} published as version {card.version}")
    st.session_state["card"] = card.name
    workbench.close()


def as_text(desk: Workbench) -> None:
    """The whole draft as YAML, to be edited too; what has a mistake is not taken."""
    key = f"{desk.key(('text',))} {desk.seen.revision}"
    text = st.text_area(
        "The whole scorecard", yaml_of(desk.tree), height=420, key=key, on_change=_take,
        args=(desk, key), help="Ctrl+Enter takes it over",
    )  # fmt: skip
    try:
        card = loads(text, where="scorecard")
    except ScorecardError as error:
        rules.mistaken(text, error)
        return
    if card.name != desk.seen.name:
        st.error(f"Not taken: `name` must stay {formats.plain(desk.seen.name)}.")


def _take(desk: Workbench, key: str) -> None:
    try:
        card = loads(st.session_state[key], where="scorecard")
    except ScorecardError:
        return
    if card.name == desk.seen.name:
        desk.redo(to_dict(card), ())
