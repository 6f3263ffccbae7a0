from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cintel import models
from cintel.models import sources
from cintel.models.registry import Hub, Part, Weight, WeightFile

Files = dict[str, bytes]
Register = Callable[..., Weight]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, an index that is a local folder, and no hub."""
    monkeypatch.setenv("CINTEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CINTEL_MODELS", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    sources.hub_reachable.cache_clear()
    yield models.cache_folder()
    sources.hub_reachable.cache_clear()


@pytest.fixture
def wheel(tmp_path: Path) -> Callable[[str, Files], Path]:
    """Write ``name-1.0`` as a wheel into the index."""

    def write(name: str, members: Files) -> Path:
        info = f"{name}-1.0.dist-info"
        files = {
            **members,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(
            f"{member},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()},"
            f"{len(data)}\n"
            for member, data in files.items()
        )
        path = tmp_path / "index" / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for member, data in {**files, f"{info}/RECORD": record.encode()}.items():
                archive.writestr(member, data)
        return path

    return write


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Put a weight named ``toy`` into the registry; each file comes from the wheel ``carrier``."""

    def add(files: Files, hub: Hub | None = None, parts: int = 1) -> Weight:
        entries = tuple(
            WeightFile(
                name,
                _digest(data),
                len(data),
                tuple(Part("carrier==1.0", f"carrier/{name}.{n}") for n in range(parts)),
            )
            for name, data in files.items()
        )
        weight = Weight("toy", "a toy", "MIT", "here", entries, hub)
        monkeypatch.setitem(models.registry(), "toy", weight)
        return weight

    return add
