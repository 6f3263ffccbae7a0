"""Kill a batch at random moments, run it again each time, and look for anything lost or doubled.

    python benchmarks/kills.py [--kills 30] [--seed 7] [--clips 2]

The batch is the sample chats and a few seconds of sample calls, through the real command with a
store and JSON files. Each kill is SIGKILL at a moment drawn evenly over the time that a whole run
takes; then the same command runs to its end, and store and JSON must hold every conversation
exactly once and equal to the unkilled run, but for the seconds each stage took. Exit status 1
where they do not. Leave the package alone meanwhile: other weights or code give other results.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

from cintel.ingest.audio import read_audio
from cintel.serial import to_dict
from cintel.store import Store

SAMPLES = Path(__file__).parents[1] / "sample_audio"
COMMAND = (
    sys.executable, "-c", "from cintel.cli import main; main()",
    "analyze", "in", "--store", "s.db", "--json", "out",
)  # fmt: skip
Results = dict[str, dict[str, Any]]


def fill(folder: Path, clips: int) -> None:
    """The chats, and twelve seconds from the start of each of the first calls."""
    folder.mkdir()
    for path in sorted((SAMPLES / "chats").iterdir()):
        if not path.name.endswith(".truth.json"):
            shutil.copy(path, folder)
    for path in sorted((SAMPLES / "calls").glob("*.wav"))[:clips]:
        samples = read_audio(path).samples[:, 8 * 16000 : 20 * 16000]
        with wave.open(str(folder / path.name), "wb") as out:
            out.setparams((len(samples), 2, 16000, 0, "NONE", ""))
            out.writeframes((samples.T * 32767).astype("<i2").tobytes())


def begin(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(COMMAND, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def clear(home: Path) -> None:
    for path in home.iterdir():
        if path.name.startswith("s.db"):
            path.unlink()
    shutil.rmtree(home / "out", ignore_errors=True)


def without_seconds(value: dict[str, Any]) -> dict[str, Any]:
    value["provenance"]["seconds"] = {}
    return value


def stored(home: Path) -> Results:
    with Store(home / "s.db") as store:
        return {key: without_seconds(to_dict(store.load(key))) for key in store.ids()}


def written(home: Path) -> Results:
    """By file name; one that is no whole JSON ends the run with its error."""
    return {
        path.name: without_seconds(json.loads(path.read_text()))
        for path in (home / "out").iterdir()
    }


def saved(home: Path) -> int:
    """Conversations in the store as a kill left it."""
    if not (home / "s.db").exists():
        return 0
    database = sqlite3.connect(home / "s.db")
    try:
        return int(database.execute("SELECT count(*) FROM conversations").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()


def rows(home: Path) -> dict[str, int]:
    """Rows of every table: a rerun must leave no orphans and no doubles."""
    database = sqlite3.connect(home / "s.db")
    tables = ("conversations", "turns", "evaluations", "answers", "scorecards")
    found = {
        name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables
    }
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    return found


def kill_once(home: Path, moment: float) -> tuple[int, float]:
    """Start over, kill after ``moment`` seconds, run again.

    Returns:
        Conversations that the kill left behind, and the seconds of the rerun.
    """
    clear(home)
    process = begin(home)
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    left, started = saved(home), time.perf_counter()
    assert begin(home).wait() == 0
    return left, time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clips", type=int, default=2)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    good, spread = 0, set[int]()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home / "in", options.clips)
        started = time.perf_counter()
        assert begin(home).wait() == 0
        whole = time.perf_counter() - started
        expected = (stored(home), written(home), rows(home))
        for number in range(1, options.kills + 1):
            moment = chance.uniform(0, whole)
            left, took = kill_once(home, moment)
            if not left:  # a rerun that did everything says how fast the machine is by now
                whole = took
            spread.add(left)
            same = (stored(home), written(home), rows(home)) == expected
            good += same
            verdict = "equal" if same else "DIFFERENT"
            print(f"kill {number:2} at {moment:5.1f} s: {left} saved, rerun {verdict}", flush=True)
    count = len(expected[0])
    print(
        f"{good} of {options.kills} kills: every one of {count} conversations exactly once and "
        f"equal to the unkilled run; kills left {sorted(spread)} of them behind"
    )
    return 0 if good == options.kills else 1


if __name__ == "__main__":
    sys.exit(main())
