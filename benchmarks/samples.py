"""Every sample call against its truth: WER, roles, intent, QA answers, speed and memory.

    python benchmarks/samples.py [--verbose]

WER is on Whisper's English normalisation with every digit a word of its own. A truth turn's role
is right when most of the words heard inside it carry that role; turns that overlap another one
are left out of that count, as their words cannot be told apart by time.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from pathlib import Path
from typing import Any

import jiwer
from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

import cintel
from cintel.conversation import Analysis
from cintel.runtime import prepare

SAMPLES = Path(__file__).parents[1] / "sample_audio"
_normalize = EnglishTextNormalizer({})


def normal(text: str) -> str:
    return " ".join(re.sub(r"(\d)", r" \1 ", _normalize(text)).split())


def wer(analysis: Analysis, truth: dict[str, Any]) -> float:
    said = " ".join(turn["text"] for turn in sorted(truth["turns"], key=lambda t: t["start"]))
    heard = " ".join(turn.text for turn in analysis.conversation.turns)
    return float(jiwer.wer(normal(said), normal(heard)))


def roles(analysis: Analysis, truth: dict[str, Any]) -> tuple[int, int, list[str]]:
    """Truth turns with the right role, turns judged, and the wrong ones."""
    heard = [
        ((word.start + word.end) / 2, turn.role)
        for turn in analysis.conversation.turns
        for word in turn.words or ()
    ]
    right, judged, wrong = 0, 0, []
    for number, turn in enumerate(truth["turns"]):
        if any(
            other["start"] < turn["end"] and turn["start"] < other["end"]
            for i, other in enumerate(truth["turns"])
            if i != number
        ):
            continue
        inside = [role for middle, role in heard if turn["start"] <= middle <= turn["end"]]
        if not inside:
            continue
        judged += 1
        if inside.count(turn["role"]) * 2 > len(inside):
            right += 1
        else:
            wrong.append(f"{turn['start']:.1f}s {turn['role']}: {turn['text']}")
    return right, judged, wrong


def answers(analysis: Analysis, truth: dict[str, Any]) -> tuple[int, int, list[str]]:
    """Right and all answers, and the wrong ones; one left to a person counts as it suggests."""
    found = {a.question: a for a in analysis.evaluations[0].answers}
    wrong = []
    for question, expected in truth["qa"].items():
        answer = found[question].likeliest
        said = "na" if answer is None else str(answer)
        if said != expected:
            wrong.append(f"{question}: {said}, truth {expected} ({found[question].reason})")
    return len(truth["qa"]) - len(wrong), len(truth["qa"]), wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true")
    verbose = parser.parse_args().verbose
    prepare()
    analyzer = cintel.Analyzer()
    calls = sorted((SAMPLES / "calls").glob("*.truth.json"))
    first = json.loads(calls[0].read_text())
    analyzer.analyze(SAMPLES / "calls" / Path(first["file"]).name)
    print(f"{'file':34} {'WER':>6} {'roles':>8} {'intent':>24} {'QA':>8} {'x real time':>11}")
    mono_seconds = mono_time = 0.0
    for path in [*calls, *sorted((SAMPLES / "chats").glob("*.truth.json"))]:
        truth = json.loads(path.read_text())
        started = time.perf_counter()
        analysis = analyzer.analyze(path.parent / Path(truth["file"]).name)
        took = time.perf_counter() - started
        good, total, wrong = answers(analysis, truth)
        intent = analysis.intent.name if analysis.intent else "-"
        mark = "" if intent == truth["intent"] else f" (truth {truth['intent']})"
        line = f"{path.name.removesuffix('.truth.json'):34}"
        if truth["channel"] == "call":
            right, judged, misheard = roles(analysis, truth)
            wrong += misheard
            duration = analysis.conversation.duration
            if analysis.conversation.metadata["channels"] == 1:
                mono_seconds, mono_time = mono_seconds + duration, mono_time + took
            line += f" {wer(analysis, truth):6.1%} {right:4}/{judged:<3}"
            line += f" {intent:>24} {good:5}/{total:<2} {duration / took:10.1f}"
        else:
            line += f" {'':6} {'':8} {intent:>24} {good:5}/{total:<2}"
        print(line + mark)
        if verbose:
            print(*(f"    {item}" for item in wrong), sep="\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"mono calls: {mono_seconds / mono_time:.1f} audio seconds a second, models loaded")
    print(f"peak memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
