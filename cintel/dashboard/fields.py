"""Widgets that each edit one value of a draft, in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cintel.dashboard.workbench import Workbench
from cintel.quality.drafting import Path


def text(desk: Workbench, path: Path, label: str, **options: Any) -> None:
    """A line of text."""
    key = desk.key(path)
    st.text_input(
        label, value=str(desk.at(path) or ""), key=key, on_change=desk.write,
        args=(path, key, None), **options,
    )  # fmt: skip


def area(desk: Workbench, path: Path, label: str, height: int = 90, **options: Any) -> None:
    """A text of several lines."""
    key = desk.key(path)
    st.text_area(
        label, value=str(desk.at(path) or ""), height=height, key=key, on_change=desk.write,
        args=(path, key, None), **options,
    )  # fmt: skip


def lines(desk: Workbench, path: Path, label: str, required: bool, **options: Any) -> None:
    """A list of texts, one a line."""
    key = desk.key(path)
    st.text_area(
        label, value="\n".join(desk.at(path) or ()), key=key, on_change=desk.write,
        args=(path, key, None if required else [], split), **options,
    )  # fmt: skip


def split(value: str) -> list[str]:
    """The lines of a text that have something in them."""
    return [line.strip() for line in value.splitlines() if line.strip()]


def number(
    desk: Workbench, path: Path, label: str, default: float | None = None, **options: Any
) -> None:
    """A number; empty, or the default, is left out of the draft."""
    key, value = desk.key(path), desk.at(path)
    shown = default if value is None else value
    whole = isinstance(options.get("step"), int)
    if shown is not None:
        shown = int(shown) if whole else float(shown)
    st.number_input(
        label, value=shown, key=key, format="%d" if whole else "%g", on_change=desk.write,
        args=(path, key, default), **options,
    )  # fmt: skip


def flag(desk: Workbench, path: Path, label: str, **options: Any) -> None:
    """Yes or no; no is left out of the draft."""
    key = desk.key(path)
    st.checkbox(
        label, value=bool(desk.at(path)), key=key, on_change=desk.write, args=(path, key, False),
        **options,
    )  # fmt: skip


def choice(
    desk: Workbench,
    path: Path,
    label: str,
    names: dict[Any, str],
    default: Any = None,
    **options: Any,
) -> None:
    """One of several values, each under its name."""
    key, value = desk.key(path), desk.at(path)
    known = list(names)
    now = default if value is None else value
    st.selectbox(
        label, known, index=known.index(now) if now in known else None, key=key,
        format_func=lambda item: names[item], on_change=desk.write, args=(path, key, default),
        **options,
    )  # fmt: skip


def several(
    desk: Workbench,
    path: Path,
    label: str,
    known: Sequence[str],
    required: bool = False,
    **options: Any,
) -> None:
    """Some of the known values."""
    key, chosen = desk.key(path), desk.at(path) or []
    st.multiselect(
        label, list(dict.fromkeys((*known, *chosen))), chosen, key=key, on_change=desk.write,
        args=(path, key, None if required else []), **options,
    )  # fmt: skip
