"""``cintel doctor``: what works on this machine, and why not."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from rich.table import Table

from cintel import __version__, models
from cintel.commands.screen import out
from cintel.commands.weights import defaults
from cintel.errors import CintelError

PACKAGES = (
    "torch", "torchaudio", "faster-whisper", "ctranslate2", "pyannote-audio", "transformers",
    "av", "streamlit", "sqlalchemy", "pandas",
)  # fmt: skip
CODECS = ("pcm_s16le", "pcm_mulaw", "pcm_alaw", "mp3", "aac", "opus", "vorbis", "flac")
FREE_GB = 2.0
Check = tuple[str, bool, str]


def run(store: str | None) -> int:
    """Print every check; 1 where one fails."""
    table = Table("check", "", "what was found", title=f"cintel {__version__}")
    good = True
    for check in (_python, _packages, _device, _codecs, _weights, _disk, lambda: _store(store)):
        name, works, found = _safely(check)
        good = good and works
        table.add_row(name, "[green]good[/green]" if works else "[red]fault[/red]", found)
    out.print(table)
    return 0 if good else 1


def _safely(check: Callable[[], Check]) -> Check:
    """A check that raises is a finding, not the end of the report."""
    try:
        return check()
    except CintelError as error:
        return (getattr(check, "__name__", "store").strip("_<>"), False, str(error))
    except ImportError as error:
        return (getattr(check, "__name__", "import").strip("_<>"), False, str(error))


def _python() -> Check:
    return "python", True, f"{platform.python_version()} on {platform.platform()}"


def _packages() -> Check:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return "packages", False, f"missing: {', '.join(missing)}. Install with constraints.txt"
    return "packages", True, ", ".join(found)


def _device() -> Check:
    from cintel.runtime import pick_device, use_threads

    device = pick_device("auto")
    import torch

    name = torch.cuda.get_device_name() if device == "cuda" else platform.machine()
    return "device", True, f"{device} ({name}), {use_threads(0)} threads of {os.cpu_count()} cores"


def _codecs() -> Check:
    import av

    missing = [name for name in CODECS if name not in av.codecs_available]
    if missing:
        return "codecs", False, f"PyAV lacks {', '.join(missing)}. Install the av wheel anew"
    return "codecs", True, f"PyAV {av.__version__}: {', '.join(CODECS)}"


def _weights() -> Check:
    missing = [name for name in defaults() if not models.is_present(name)]
    if missing:
        return "weights", False, f"not here: {', '.join(missing)}. Run: cintel models pull"
    wrong = [name for name in defaults() if models.verify(name)]
    if wrong:
        return "weights", False, f"wrong bytes: {', '.join(wrong)}. Run: cintel models pull"
    return "weights", True, f"{', '.join(defaults())} in {models.cache_folder()}"


def _disk() -> Check:
    folder = models.cache_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    return "disk", free >= FREE_GB, f"{free:.1f} GB free beside the weights"


def _store(url: str | None) -> Check:
    from cintel.commands.results import missing_file, opened
    from cintel.settings import load_settings

    url = load_settings(store=url).store
    if (path := missing_file(url)) is not None:
        return "store", True, f"{path}: not there yet, the first analysis makes it"
    with opened(url) as store:
        return "store", True, f"{store.where}: {len(store)} conversations"
