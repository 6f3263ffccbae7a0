"""Scorecards as YAML text, which ``cintel.quality.reading`` reads back unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from cintel.quality.scorecard import Scorecard, to_dict

_UNFOLDED = 1_000_000
"""Columns: no text is folded, since a regular expression cut in two is hard to read."""
_SHORT = 78
"""Characters up to which a mapping of single values, such as a limit, stays on one line."""


def dumps(scorecard: Scorecard) -> str:
    """The scorecard as YAML; reading it gives an equal scorecard of the same version."""
    return yaml_of(to_dict(scorecard))


def yaml_of(value: Any) -> str:
    """Plain values (see ``cintel.quality.scorecard.plain``) as YAML."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_UNFOLDED,
        default_flow_style=False,
    )  # fmt: skip
    return text


class _Dumper(yaml.SafeDumper):
    """Rules of single values on one line, texts of several lines as they are, no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(
        self, tag: str, mapping: Any, flow_style: bool | None = None
    ) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style=flow_style)
        if isinstance(mapping, Mapping) and _fits(mapping):
            node.flow_style = True
        return node


def _fits(mapping: Mapping[Any, Any]) -> bool:
    values = mapping.values()
    single = not any(isinstance(value, dict | list) or "\n" in str(value) for value in values)
    return single and sum(len(f"{key}: {value}, ") for key, value in mapping.items()) <= _SHORT


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    # To YAML these end a line as well, and PyYAML reads them back as a blank unless escaped.
    if any(mark in value for mark in "\x85\u2028\u2029"):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)


_Dumper.add_representer(str, _text)
