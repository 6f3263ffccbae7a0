"""The form of a judge: common kinds field by field, anything deeper as YAML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import streamlit as st

from cintel.dashboard import fields, formats
from cintel.dashboard.workbench import Workbench
from cintel.errors import ScorecardError
from cintel.language.pii import TYPES
from cintel.quality.drafting import Path, Tree, with_value
from cintel.quality.reading import loads_rule
from cintel.quality.rules import DEFAULT_THRESHOLD, metric_names
from cintel.quality.scorecard import plain
from cintel.quality.writing import yaml_of

NAMES = {
    "phrases": "Phrases, by meaning",
    "pattern": "Pattern",
    "metric": "Figure",
    "label": "Label",
    "human": "A person",
    "llm": "Language model",
    "yaml": "Several rules, as YAML",
    "": "None",
}
SINGLE = ("phrases", "pattern", "metric", "label")
_NEW: dict[str, Tree] = {
    "phrases": {"kind": "phrases", "phrases": []},
    "pattern": {"kind": "pattern", "regex": ""},
    "metric": {"kind": "metric", "metric": "dead_air.longest", "at_most": 10},
    "label": {"kind": "label", "label": "emotion", "values": ["anger"]},
    "human": {"kind": "human"},
    "llm": {"kind": "llm", "rubric": ""},
}
_LINE = re.compile(r", line (\d+)$")
_AROUND = 3
_SIDES = {"agent": "The agent", "customer": "The customer", "any": "Either side"}
_MUST = {"say": "must say it", "not_say": "must not say it"}
_LABELS = ("emotion", "act", "sentiment", "pii", "frustration")


def judge(
    desk: Workbench, path: Path, kinds: tuple[str, ...], label: str = "Who or what answers"
) -> None:
    """A judge or condition: its kind out of ``kinds``, then what belongs to that kind."""
    rule = desk.at(path)
    key = f"{desk.key(path)} kind"
    now = _kind(rule)
    chosen = st.selectbox(
        label, kinds, index=kinds.index(now) if now in kinds else None, key=key,
        format_func=NAMES.__getitem__, on_change=_switch, args=(desk, path, key),
    )  # fmt: skip
    match chosen:
        case "phrases":
            _phrases(desk, path)
        case "pattern":
            _pattern(desk, path)
        case "metric":
            _metric(desk, path)
        case "label":
            _label(desk, path)
        case "llm":
            fields.area(
                desk, (*path, "rubric"), "Rubric", 110,
                placeholder="yes if the agent … ; no if …", help="What counts as which answer",
            )  # fmt: skip
        case "yaml":
            as_yaml(desk, path)


def _kind(rule: Tree | None) -> str:
    if rule is None:
        return ""
    kind = str(rule.get("kind", "yaml"))
    return kind if kind in NAMES else "yaml"


def _switch(desk: Workbench, path: Path, key: str) -> None:
    kind = st.session_state[key]
    if kind != "yaml":
        desk.keep(with_value(desk.tree, path, _NEW.get(kind)))


def _phrases(desk: Workbench, path: Path) -> None:
    fields.lines(
        desk, (*path, "phrases"), "Lines that mean it, one each", required=True, height=150,
        placeholder="thank you for calling, my name is Sarah\ngood morning, this is James",
        help="Six to fifteen that differ in wording do best",
    )  # fmt: skip
    fields.lines(
        desk, (*path, "not_like"), "Lines that only sound like it", required=False, height=80,
        help="What is nearer to one of these does not count",
    )  # fmt: skip
    fields.number(
        desk, (*path, "threshold"), "How alike, 0 to 1", DEFAULT_THRESHOLD, step=0.01,
        help="Cosine of the meanings; 0.6 to 0.65 for short or everyday lines",
    )  # fmt: skip
    _looking(desk, path)


def _pattern(desk: Workbench, path: Path) -> None:
    fields.text(
        desk, (*path, "regex"), "Regular expression", placeholder=r"\bcalls? (is|are) recorded\b",
        help="Upper and lower case are the same; write i'?ll, speech often has no apostrophes",
    )  # fmt: skip
    _looking(desk, path)


def _metric(desk: Workbench, path: Path) -> None:
    names = {name: name.replace(".", ": ").replace("_", " ") for name in metric_names()}
    fields.choice(desk, (*path, "metric"), "Figure", names)
    low, high = st.columns(2)
    with low:
        fields.number(desk, (*path, "at_least"), "At least", placeholder="no limit")
    with high:
        fields.number(desk, (*path, "at_most"), "At most", placeholder="no limit")


def _label(desk: Workbench, path: Path) -> None:
    left, right = st.columns(2)
    with left:
        names = {name: name.capitalize() for name in _LABELS} | {"pii": "Personal data"}
        fields.choice(desk, (*path, "label"), "Label", names)
    name = str(desk.at((*path, "label")))
    with right:
        fields.number(
            desk, (*path, "at_least"), "Score of at least", 0.0, step=0.05, min_value=0.0,
            max_value=1.0,
        )  # fmt: skip
    if name != "frustration" or desk.at((*path, "values")):
        fields.several(
            desk, (*path, "values"), "Values that count", _known(name), placeholder="Any",
            accept_new_options=True,
        )  # fmt: skip
    _looking(desk, path)


@lru_cache(maxsize=8)
def _known(label: str) -> tuple[str, ...]:
    from cintel.language.heads import Heads

    if label == "pii":
        return TYPES
    return tuple(Heads.load().labels.get(label, ()))


def _looking(desk: Workbench, path: Path) -> None:
    """Who says it, whether they must, and where to look."""
    left, right = st.columns(2)
    with left:
        fields.choice(desk, (*path, "who"), "Who", _SIDES, "agent")
    with right:
        fields.choice(desk, (*path, "must"), "Must", _MUST, "say")
    within = desk.at((*path, "within")) or {}
    told = " or ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in within.items())
    with st.expander(f"Where to look: {told or 'everywhere'}"):
        columns = st.columns(2)
        for place, (name, label) in enumerate(
            (
                ("first_turns", "First turns of that side"),
                ("last_turns", "Last turns of that side"),
                ("first_seconds", "First seconds"),
                ("last_seconds", "Last seconds"),
            )
        ):
            step: dict[str, Any] = {"step": 1 if "turns" in name else 1.0}
            with columns[place % 2]:
                fields.number(
                    desk, (*path, "within", name), label, min_value=step["step"],
                    placeholder="no limit", **step,
                )  # fmt: skip


def as_yaml(desk: Workbench, path: Path) -> None:
    """A rule as YAML; what has a mistake is shown with its line and not taken."""
    key = f"{desk.key(path)} yaml"
    rule = desk.at(path)
    text = st.text_area(
        "Rule", yaml_of(rule) if rule else "any_of:\n  - kind: pattern\n    regex: \n", key=key,
        height=220, on_change=_take, args=(desk, path, key),
        help="`any_of` and `all_of` take lists of rules; Ctrl+Enter takes it over",
    )  # fmt: skip
    try:
        loads_rule(text)
    except ScorecardError as error:
        mistaken(text, error)


def mistaken(text: str, error: ScorecardError) -> None:
    """What is wrong with a text, and the numbered lines around it, the faulty one marked."""
    st.error(formats.plain(str(error)), icon=":material/error:")
    found = _LINE.search(error.where)
    if found is None:
        return
    line, lines = int(found[1]), text.splitlines()
    shown = range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1)
    marked = [f"{'▸' if n == line else ' '} {n:3d}  {lines[n - 1]}" for n in shown]
    st.code("\n".join(marked), language=None)


def _take(desk: Workbench, path: Path, key: str) -> None:
    try:
        rule = loads_rule(st.session_state[key])
    except ScorecardError:
        return
    desk.keep(with_value(desk.tree, path, plain(rule)))
