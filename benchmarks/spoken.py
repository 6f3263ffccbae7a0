"""What recognition costs the judges: calls of the quality truth, spoken, heard and answered.

    python -m benchmarks.spoken [--half dev|test] [--wrong]

Each call of a half is made into sound as the calls of `benchmarks.speech` are: their voices, noise,
codecs and layouts, drawn anew. cintel analyses the sound, and its answers stand beside those to the
written words. A dialogue does not say where a pause, a hold or an interruption was, so the figures
of these are the given ones on both sides.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.judges import TRUTH, Given, answers_to, bars, macro_f1
from benchmarks.quality import Case, labelled, read_cases
from benchmarks.speech import calls, measure
from benchmarks.speech.make import Maker
from cintel import Analyzer, models

PAIRS = ("fm", "mf", "ff", "mm")
LONG_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True, slots=True)
class Heard:
    """A conversation as it was heard, with how well."""

    case: Case
    words: measure.Errors
    attribution: measure.Attribution


def dialogues(half: str) -> dict[str, dict[str, Any]]:
    """The calls of a half in the form of `benchmarks.speech`, by id."""
    text = (TRUTH / f"{half}.yaml").read_text(encoding="utf-8")
    rows = [row for row in yaml.safe_load(text) if row["channel"] == "call"]
    return {row["id"]: _dialogue(row) for row in rows}


def _dialogue(row: dict[str, Any]) -> dict[str, Any]:
    lines = [line.split(": ", 1) for line in row["turns"].strip().splitlines()]
    spoken = [f"{head[0]}: {LONG_NUMBER.sub(_digits, text)}" for head, text in lines]
    pair = random.Random(row["id"]).choice(PAIRS)
    return {"industry": "service", "pair": pair, "turns": "\n".join(spoken)}


def _digits(number: re.Match[str]) -> str:
    """A voice would read a card number as quadrillions; people say its digits."""
    return " ".join(number[0])


def heard(
    made: Sequence[calls.Call], maker: Maker, written: dict[str, Case], analyzer: Analyzer
) -> Iterator[Heard]:
    """Each call as cintel hears it, with the figures and the answers that were given."""
    for call in made:
        sound, truth = maker.paths(call)
        said = measure.said(json.loads(truth.read_text(encoding="utf-8"))["turns"])
        found = analyzer.analyze(sound)
        given = written[call.stem]
        metrics = replace(
            found.metrics,
            hold=given.metrics.hold,
            dead_air=given.metrics.dead_air,
            agent=replace(
                found.metrics.agent, interruptions=given.metrics.agent.interruptions
            ),
        )  # fmt: skip
        talk = replace(found.conversation, id=call.stem)
        case = replace(given, conversation=talk, labels=found.labels, metrics=metrics)
        text = " ".join(turn.text for turn in found.conversation.turns)
        words = measure.word_errors(said, text)
        yield Heard(case, words, measure.attribution(said, found.conversation.turns))


def table(written: Sequence[Given], spoken: Sequence[Given]) -> Iterator[str]:
    """Macro-F1 by question and the bars, of both."""
    yield f"{'macro-F1':<36} {'written':>7} {'spoken':>7}"
    for question in dict.fromkeys(answer.question for answer in written):
        pair = [[a for a in side if a.question == question] for side in (written, spoken)]
        yield f"{question:<36} {macro_f1(pair[0]):7.3f} {macro_f1(pair[1]):7.3f}"
    rows = list(zip(bars(written), bars(spoken), strict=True))
    for (name, before, _), (_, after, _) in rows:
        if not name.startswith("quote"):
            yield f"{name:<36} {before:7.3f} {after:7.3f}"
    (_, before, _), (_, after, _) = rows[0]
    yield f"{'the fall of macro-F1':<36} {before - after:15.3f}  <= 0.04"


def changed(written: Sequence[Given], spoken: Sequence[Given]) -> Iterator[str]:
    """Each answer that was right in writing and wrong by ear."""
    for before, after in zip(written, spoken, strict=True):
        if before.right and not after.right:
            yield f"{after.case.conversation.id} {after.question}: {after.given}, not {after.truth}"
            yield f"    {after.reason}"


def main() -> None:
    cache = models.cache_folder().parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--out", type=Path, metavar="DIR", default=cache / "benchmarks" / "spoken")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=cache / "sample-voices")
    parser.add_argument("--carriers", type=Path, metavar="DIR", help="folder with the packages")
    parser.add_argument("--make-only", action="store_true", help="make the calls and stop")
    parser.add_argument("--wrong", action="store_true", help="name what dev lost by ear")
    options = parser.parse_args()
    made = calls.drawn(options.half, dialogues(options.half))
    maker = Maker(options.out, options.cache, options.carriers)
    maker.make_missing(made)
    if options.make_only:
        return
    written = {case.conversation.id: case for case in read_cases(TRUTH / f"{options.half}.yaml")}
    analyzer = Analyzer(language="en")
    found = list(heard(made, maker, written, analyzer))
    read = [labelled(written[call.stem], analyzer) for call in made]
    encoder = analyzer.reader.encoder
    before = answers_to(read, {}, encoder)
    after = answers_to([item.case for item in found], {}, encoder)
    print(f"{len(made)} calls of {options.half}", end="; ")
    print(
        f"word error rate {sum((item.words for item in found), measure.Errors(0, 0)).rate:.1%}",
        end="; ",
    )
    print(f"roles right on {sum(item.attribution.roles for item in found)}")
    print("\n".join(table(before, after)))
    if options.wrong and options.half == "dev":
        print("\n".join(changed(before, after)))


if __name__ == "__main__":
    main()
