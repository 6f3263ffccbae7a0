"""What must be so before torch and pyannote.audio are imported, and which device they run on.

Every room that needs torch calls :func:`prepare` first; it is cheap the second time.
"""

from __future__ import annotations

import ctypes
import importlib.machinery
import os
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

from cintel.errors import SettingsError

# Progress: what is being done, how much is done, of how much.
Hook = Callable[[str, int, int], None]

# M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD of glibc's malloc.h; bytes.
_MALLOC = {-8: 1, -3: 32 << 20, -1: 64 << 20, -2: 16 << 20}


def silence_telemetry() -> None:
    """Keep pyannote.audio and huggingface_hub from reporting use: recordings are private."""
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _no_alignment(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError("torchaudio's alignment extension is not built for this torch")


def stub_torchaudio_extension() -> None:
    """Let torchaudio import beside a CPU torch.

    The wheel on the package index is linked to CUDA, so its extension fails to load and takes
    pyannote.audio and transformers with it. Nothing here calls the extension.
    """
    name = "torchaudio._extension"
    if name in sys.modules:
        return
    stub = types.ModuleType(name)
    stub.__spec__ = importlib.machinery.ModuleSpec(name, None)
    vars(stub).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        fail_if_no_align=lambda function: _no_alignment,
        _check_cuda_version=lambda: None,
    )
    sys.modules[name] = stub


@cache
def prepare() -> None:
    """Make torch, torchaudio and pyannote.audio safe and fast to import here."""
    silence_telemetry()
    # Threads that spin while they wait make two of them ten times slower on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # oneDNN keeps buffers for every shape it has seen; stretches of speech are of any length, so
    # that an hour of calls took gigabytes.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "0")
    import torch

    if torch.version.cuda is None:
        stub_torchaudio_extension()
    flush_denormals()
    keep_freed_memory()


def keep_freed_memory() -> None:
    """Let glibc hand freed memory out again instead of giving it back to the system.

    Networks free and take the same tens of megabytes at every layer; the page faults took a
    fifth of the time. One arena for all threads keeps what is held small.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    for option, value in _MALLOC.items():
        mallopt(option, value)


def flush_denormals() -> None:
    """Let this thread multiply tiny floats as zeros.

    Digital silence in telephone audio turns into denormal floats, ten times slower to multiply.
    onnxruntime switches this off for the thread that first loads a model: call it again after.
    """
    import torch

    torch.set_flush_denormal(True)


def pick_device(device: str) -> str:
    """``cpu`` or ``cuda`` for a setting of ``auto``, ``cpu`` or ``cuda``.

    Raises:
        SettingsError: ``cuda`` is asked for and torch sees none.
    """
    prepare()
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise SettingsError(
            "setting device", "is cuda, but torch sees no CUDA device", "Use auto or cpu"
        )
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return device


def thread_count(threads: int) -> int:
    """So many CPU threads; for 0 every core that this process may use."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return threads or available or 1


@contextmanager
def timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Note the seconds of the block under ``stage``."""
    started = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - started


def use_threads(threads: int) -> int:
    """Set torch's CPU threads (0: every core this process may use) and return the number."""
    import torch

    count = thread_count(threads)
    torch.set_num_threads(count)
    return count
