"""Three kills of a real batch, as ``benchmarks/kills.py`` makes thirty of."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "kills.py"


@pytest.mark.models
def test_three_kills_lose_and_double_nothing() -> None:
    call = [sys.executable, str(PROGRAM), "--kills", "3", "--seed", "1", "--clips", "0"]
    run = subprocess.run(call, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^3 of 3 kills: every one of 4 conversations exactly once", run.stdout, re.M)
