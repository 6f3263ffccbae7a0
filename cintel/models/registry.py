"""What weights there are: name, licence, hashes and sources, read from ``registry.yaml``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cintel.errors import ModelError


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a wheel: ``wheel`` is ``name==version``."""

    wheel: str
    member: str


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a weight; ``size`` in bytes; ``parts`` are joined in order."""

    name: str
    sha256: str
    size: int
    parts: tuple[Part, ...]

    def matches(self, path: Path) -> bool:
        """Whether the file at ``path`` has the registered bytes."""
        return path.is_file() and path.stat().st_size == self.size and digest(path) == self.sha256


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository on the Hugging Face hub, at a pinned revision."""

    repo: str
    revision: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A named set of files; ``default`` ones are pulled when no name is given."""

    name: str
    what: str
    licence: str
    source: str
    files: tuple[WeightFile, ...]
    hub: Hub | None = None
    default: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(item.size for item in self.files)

    @property
    def sha256(self) -> str:
        """The hash of the largest file, which is the one that holds the numbers."""
        return max(self.files, key=lambda item: item.size).sha256


def digest(path: Path) -> str:
    """sha256 of a file, in hex, read in bounded memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _weight(name: str, value: dict[str, Any]) -> Weight:
    weight_files = tuple(
        WeightFile(f["name"], f["sha256"], f["size"], tuple(Part(**part) for part in f["parts"]))
        for f in value["files"]
    )
    hub = Hub(**value["hub"]) if "hub" in value else None
    return Weight(
        name, value["what"], value["licence"], value["source"], weight_files, hub,
        value.get("default", False),
    )  # fmt: skip


@cache
def registry() -> dict[str, Weight]:
    """Every known weight by name."""
    import yaml

    text = files("cintel.models").joinpath("registry.yaml").read_text(encoding="utf-8")
    return {name: _weight(name, value) for name, value in yaml.safe_load(text).items()}


def find(name: str) -> Weight:
    """The weight of that name.

    Raises:
        ModelError: there is none; names those there are.
    """
    try:
        return registry()[name]
    except KeyError:
        known = ", ".join(sorted(registry()))
        raise ModelError(name, "is not a known model", f"Known models: {known}") from None
