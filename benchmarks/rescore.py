"""How fast stored conversations are scored again: ``python -m benchmarks.rescore [--count 10000]``.

Conversations of 60 turns are put together from the turns of the sample calls and chats: the start
of one, parts of others, the end of one more. Their labels are those of the heads, their word times
those of ``cintel.testing``. Each distinct piece of text is encoded once, the vectors are stored as
an analysis stores them, and then all conversations are scored by processes that read the store, on
``general-service`` with a fourteenth question. CPU seconds are those of all processes together: on
a busy machine the wall time says little.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cintel.analyzer import Analyzer
from cintel.conversation import Acoustics, Analysis, Labels, Role
from cintel.insight import measure
from cintel.quality import Question, Scorecard, lines_of, load_scorecard, read_case
from cintel.quality.rules import Phrases
from cintel.quality.units import units_of
from cintel.quality.verdicts import TextEncoder, Vectors
from cintel.settings import load_settings
from cintel.store import Store
from cintel.testing import analysis_of, conversation_of
from pipelines.rescore import Card, rescore

SAMPLES = Path(__file__).parents[1] / "sample_audio"
TURNS = 60
PART = 10
SAVED_AT_ONCE = 100
Line = tuple[Role, str]
RECAP = Question(
    "recap",
    "Does the agent sum up what was agreed?",
    points=5.0,
    judge=Phrases(("so to recap, I have ordered a new card for you", "just to sum up what we did")),
)


class Known:
    """An encoder that has read everything before."""

    def __init__(self, texts: Sequence[str], encoder: TextEncoder) -> None:
        self.row = {text: number for number, text in enumerate(texts)}
        self.vectors = encoder.encode(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts that were among the first."""
        return self.vectors[[self.row[text] for text in texts]]


def sample_calls() -> list[list[Line]]:
    paths = sorted(SAMPLES.glob("*/*.truth.json"))
    turns = [json.loads(path.read_text(encoding="utf-8"))["turns"] for path in paths]
    return [
        [(turn["role"], turn["text"]) for turn in call if turn["role"] in ("agent", "customer")]
        for call in turns
    ]


def talk(calls: list[list[Line]], dice: random.Random) -> list[Line]:
    """A start, parts from anywhere, an end: 60 turns."""
    lines = dice.choice(calls)[:PART]
    while len(lines) < TURNS - PART:
        call = dice.choice(calls)
        first = dice.randrange(max(1, len(call) - PART))
        lines = lines + call[first : first + PART]
    return lines[: TURNS - PART] + dice.choice(calls)[-PART:]


def fourteen() -> Scorecard:
    card = load_scorecard("general-service")
    *others, last = card.sections
    return replace(card, sections=(*others, replace(last, questions=(*last.questions, RECAP))))


def analyses(count: int, analyzer: Analyzer) -> Iterator[Analysis]:
    calls, dice = sample_calls(), random.Random(0)
    distinct = sorted({line for call in calls for line in call})
    labels: dict[Line, Labels] = {}
    for role in ("agent", "customer"):
        mine = [line for line in distinct if line[0] == role]
        labels |= zip(mine, analyzer.label([text for _, text in mine], role), strict=True)
    whole = conversation_of(*(f"{role}: {text}" for role, text in distinct))
    texts = sorted({unit.text for unit in units_of(whole)})
    known, mark = Known(texts, analyzer.reader.encoder), analyzer.reader.encoder.fingerprint
    for number in range(count):
        lines = talk(calls, dice)
        plain = analysis_of(*(f"{role}: {text}" for role, text in lines))
        conversation = replace(plain.conversation, id=f"{number:06}")
        mine = tuple(labels[line] for line in lines)
        figures = measure(conversation, mine, Acoustics())
        case = read_case(conversation, mine, figures, known, mark)
        yield replace(
            plain, conversation=conversation, labels=mine, metrics=figures, vectors=case.vectors
        )


def cpu_seconds() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured(Path(folder) / "rescore.db", options.count, options.workers)


def measured(path: Path, count: int, workers: int) -> None:
    settings = load_settings(store=str(path), device="cpu")
    analyzer, card = Analyzer(settings), fourteen()
    units, bytes_kept = [], []
    with Store(settings.store) as store:
        batch: list[Analysis] = []
        for analysis in analyses(count, analyzer):
            batch.append(analysis)
            units.append(len(units_of(analysis.conversation)))
            bytes_kept.append(len(analysis.vectors.data) if analysis.vectors else 0)
            if len(batch) == SAVED_AT_ONCE:
                store.save_all(batch)
                batch = []
        store.save_all(batch)
        ids = store.ids()
    print(f"{len(ids)} conversations of {TURNS} turns, {np.mean(units):.0f} units each")
    print(f"kept: {np.mean(bytes_kept) / 1024:.0f} KiB of vectors a conversation, ", end="")
    print(f"{path.stat().st_size / count / 1024:.0f} KiB in all")
    started, spent = time.perf_counter(), cpu_seconds()
    ready = Card(card, lines_of(card, analyzer.reader.encoder), analyzer.reader.encoder.fingerprint)
    told = list(rescore(ids, settings, ready, lambda: analyzer.reader.encoder, workers))
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - spent
    scores = [item.score for item in told if item.score is not None]
    done = sum(item.state == "done" for item in told)
    print(f"{done} done by {workers} processes, {len(card.questions)} questions, ", end="")
    print(f"mean score {np.mean(scores):.1f}")
    print(f"wall {seconds:.1f} s, {1000 * seconds / count:.2f} ms a conversation")
    print(f"CPU {cpu:.1f} s, {1000 * cpu / count:.2f} ms a conversation, ", end="")
    print(f"{cpu / workers:.1f} s on {workers} cores of its own")


if __name__ == "__main__":
    main()
