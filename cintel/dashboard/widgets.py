"""Streamlit pieces that several pages share: figures, tables one can click, kind messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from cintel.dashboard import formats, palette
from cintel.errors import CintelError

if TYPE_CHECKING:
    from pandas import DataFrame
    from plotly.graph_objects import Figure

_PLOT = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False}


def show(figure: Figure, key: str, alt: str) -> None:
    """A figure as wide as its column; ``alt`` says in words what it shows."""
    st.plotly_chart(figure, width="stretch", config=_PLOT, key=f"plot {key}", alt=alt)


def clickable(
    frame: DataFrame,
    key: str,
    columns: dict[str, Any],
    height: int | None = None,
    on_select: Callable[[], None] | None = None,
) -> int | None:
    """A table of the given columns; the row that was clicked, by position.

    Args:
        frame: what to show.
        key: of the widget.
        columns: column configuration by name, in order of appearance.
        height: pixels, None for as high as its rows.
        on_select: called once a click; by default the page just runs again.
    """
    event: Any = st.dataframe(
        frame,
        width="stretch",
        height=height or "content",
        hide_index=True,
        column_order=list(columns),
        column_config=columns,
        on_select=on_select or "rerun",
        selection_mode="single-cell",
        placeholder="–",
        key=key,
    )
    cells = event.selection.cells
    return int(cells[0][0]) if cells else None


def clicked(key: str) -> int | None:
    """The row clicked in the table with a key, for its ``on_select``."""
    cells = st.session_state[key].selection.cells
    return int(cells[0][0]) if cells else None


def share_column(label: str, color: str = palette.FRUSTRATION, help: str | None = None) -> Any:
    """A column of shares 0…1 as bars."""
    return st.column_config.ProgressColumn(
        label, min_value=0.0, max_value=1.0, format="%.2f", help=help, width="small", color=color
    )


def score_column(label: str) -> Any:
    """A column of scores 0…100 as bars."""
    return st.column_config.ProgressColumn(
        label, min_value=0, max_value=100, format="%.0f", width="small", color=palette.QUALITY
    )


def attempt(word: str, action: Callable[..., object], *given: Any, **named: Any) -> None:
    """Do it and start the page again with a word of what was done, or say why it was not."""
    try:
        action(*given, **named)
    except CintelError as error:
        st.error(f"Not done. {formats.plain(str(error))}.", icon=":material/error:")
        return
    done(word)
    st.rerun()


def done(word: str) -> None:
    """What :func:`thank` is to say on the next run."""
    st.session_state["done"] = word


def thank() -> None:
    """Say once what was done on the run before."""
    if message := st.session_state.pop("done", None):
        st.toast(message, icon=":material/check:")


def nothing_found() -> None:
    """What a page says where no conversation passes the filters."""
    st.info(
        "No conversation matches these filters. Widen the dates or clear a filter in the sidebar.",
        icon=":material/filter_alt_off:",
    )


def empty_store(where: str) -> None:
    """What the dashboard says over a store without conversations."""
    st.subheader("Nothing analysed yet")
    st.write(f"The store `{where}` holds no conversations. Fill it from a terminal:")
    st.code(f"cintel analyze FOLDER --store {where}\ncintel demo", language="bash")
    st.caption("The first line analyses recordings and chat logs, the second the samples.")
    st.button("Look again", type="primary")


def failure(error: CintelError) -> None:
    """What went wrong, where, and what to do."""
    where, fault = formats.plain(error.where), formats.plain(error.fault)
    st.error(f"**{where}** {fault}.", icon=":material/error:")
    if error.remedy:
        st.write(f"{error.remedy}.")
    st.button("Try again", type="primary")
