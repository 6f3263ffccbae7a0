from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cintel.ingest.audio import read_audio
from tests.llm_server import ChatServer, serving

# Workers of pytest-xdist are told a width, by which the command line would wrap what it prints.
os.environ.pop("COLUMNS", None)

SAMPLES = Path(__file__).parents[1] / "sample_audio"
Run = subprocess.CompletedProcess[str]
Cintel = Callable[..., Run]
COMMAND = (sys.executable, "-c", "from cintel.cli import main; main()")


def give_up_rights() -> None:
    """Make root obey the modes of files, from the next program on (CAP_DAC_*, prctl(2))."""
    if os.geteuid() == 0:
        drop_from_bounding_set, override, read_search = 24, 1, 2
        libc = ctypes.CDLL(None)
        for right in (override, read_search):
            assert libc.prctl(drop_from_bounding_set, right, 0, 0, 0) == 0


def _as_from_a_terminal() -> None:
    """The rights of any user, and Ctrl-C heard: what runs in the background ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    give_up_rights()


def start(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """The real command in a process that may do no more than any user."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_as_from_a_terminal,
    )


def run_cintel(*arguments: str | Path, cwd: Path, **environment: str) -> Run:
    """The command to its end."""
    process = start(*arguments, cwd=cwd, **environment)
    output, errors = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


@pytest.fixture(scope="session")
def cintel() -> Cintel:
    """``cintel(*arguments, cwd=…)`` runs the command line in a process of its own."""
    return run_cintel


@pytest.fixture(scope="session")
def begin_cintel() -> Callable[..., subprocess.Popen[str]]:
    """The same, without waiting for its end."""
    return start


def write_clip(path: Path, begin: float = 0.0, end: float = 11.0) -> Path:
    """A few seconds of a sample call as a 16-bit WAV file at 8 kHz."""
    found = read_audio(SAMPLES / "calls" / "telecom-2-cancel-plan.wav").samples[0]
    part = found[int(begin * 16000) : int(end * 16000) : 2]
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes((part * 32767).astype(np.int16).tobytes())
    return path


@pytest.fixture(scope="session")
def clip() -> Callable[..., Path]:
    """``clip(path, begin, end)`` cuts seconds from a sample call."""
    return write_clip


@pytest.fixture
def llm_server() -> Iterator[ChatServer]:
    """A chat completions server; give it a ``script`` of answers and faults."""
    with serving() as server:
        yield server
