"""How well the default judges answer, beside a person: the bars of quality, on held-out truth.

    python -m benchmarks.judges [--half dev|test] [--wrong]

The truth is sixty conversations a half under `quality_truth/`, each with the thirteen answers of
the general-service scorecard and the turns they rest on. The test half is not looked at while
lines, patterns or thresholds are chosen; so `--wrong`, which names the wrong answers, is for dev.

An unsure answer counts with what it suggests, except where the line says otherwise.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sklearn.metrics import cohen_kappa_score, f1_score

from benchmarks.quality import Case, judged, labelled, read_cases
from cintel import Analyzer
from cintel.quality import load_scorecard
from cintel.quality.verdicts import TextEncoder

TRUTH = Path(__file__).parent / "quality_truth"
CARD = "general-service"
Places = Mapping[str, Mapping[str, set[int]]]
"""By conversation and question, the turns that an answer rests on."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: what was given and meant, how surely, and whether its quote is in place."""

    case: Case
    question: str
    given: str
    truth: str
    confidence: float
    unsure: bool
    placed: bool | None
    reason: str

    @property
    def right(self) -> bool:
        """Whether the answer is the truth."""
        return self.given == self.truth


def given_answers(half: str, analyzer: Analyzer) -> list[Given]:
    """Every answer to every conversation of a half."""
    path = TRUTH / f"{half}.yaml"
    cases = [labelled(case, analyzer) for case in read_cases(path)]
    rests = {row["id"]: _places(row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))}
    return answers_to(cases, rests, analyzer.reader.encoder)


def answers_to(cases: Sequence[Case], rests: Places, encoder: TextEncoder) -> list[Given]:
    """Every answer to labelled conversations; ``rests``: where quotes belong, as far as known."""
    found = []
    for case, answer, given in judged(cases, encoder):
        truth = case.truth[answer.question]
        wanted = rests.get(case.conversation.id, {}).get(answer.question)
        quoted = {quote.turn for quote in answer.evidence}
        # A quote can only rest on the right turn where the answer is right and words bear it.
        placed = bool(quoted & wanted) if wanted and quoted and given == truth else None
        found.append(Given(
            case, answer.question, given, truth, answer.confidence, answer.unsure, placed,
            answer.reason,
        ))  # fmt: skip
    return found


def _places(row: dict[str, Any]) -> dict[str, set[int]]:
    places = {name: {int(turn)} for name, turn in row.get("evidence", {}).items()}
    for name, turns in row.get("also", {}).items():
        places[name] = places.get(name, set()) | set(map(int, turns))
    return places


def macro_f1(answers: Sequence[Given]) -> float:
    """Mean F1 of the answers that occur in the truth."""
    truth = [answer.truth for answer in answers]
    labels = sorted(set(truth))
    guesses = [answer.given for answer in answers]
    return float(f1_score(truth, guesses, labels=labels, average="macro", zero_division=0))


def kappa(answers: Sequence[Given]) -> float:
    """Cohen's (1960), of all answers as one sheet."""
    truth = [answer.truth for answer in answers]
    return float(cohen_kappa_score(truth, [answer.given for answer in answers]))


def failures(answers: Sequence[Given]) -> Iterator[tuple[bool, bool]]:
    """Each answer that fails a whole conversation: was it found, or at least not called right?"""
    critical = {q.id for q in load_scorecard(CARD).questions if q.critical == "form"}
    for answer in answers:
        if answer.question in critical and answer.truth == "no":
            yield answer.right and not answer.unsure, answer.right or answer.unsure


def bars(answers: Sequence[Given]) -> Iterator[tuple[str, float, str]]:
    """Figure, value and bar."""
    by_question = defaultdict(list)
    for answer in answers:
        by_question[answer.question].append(answer)
    sure = [answer for answer in answers if not answer.unsure]
    placed = [answer.placed for answer in answers if answer.placed is not None]
    failed = list(failures(answers))
    scores = [macro_f1(found) for found in by_question.values()]
    yield "macro-F1, mean over questions", sum(scores) / len(scores), ">= 0.88"
    yield "kappa with the truth, all answers", kappa(answers), ">= 0.75"
    yield f"auto-fails found ({len(failed)})", _share([found for found, _ in failed]), ">= 0.95"
    yield "auto-fails found or handed over", _share([kept for _, kept in failed]), ""
    yield f"quote on the right turn ({len(placed)})", _share(placed), ">= 0.90"
    yield "unsure", 1 - len(sure) / len(answers), "<= 0.15"
    yield "wrong among the sure", 1 - _share([answer.right for answer in sure]), "<= 0.05"
    yield "wrong among all", 1 - _share([answer.right for answer in answers]), ""


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks) if marks else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--wrong", action="store_true", help="name every wrong answer of dev")
    options = parser.parse_args()
    answers = given_answers(options.half, Analyzer())
    print(f"{'question':<16} {'answers':>7}  macro-F1  right  unsure  wrong among the sure")
    for question in dict.fromkeys(answer.question for answer in answers):
        found = [answer for answer in answers if answer.question == question]
        sure = [answer.right for answer in found if not answer.unsure]
        print(
            f"{question:<16} {len(found):>7}  {macro_f1(found):>8.3f}"
            f"  {_share([answer.right for answer in found]):>5.0%}"
            f"  {1 - len(sure) / len(found):>6.0%}  {1 - _share(sure):>8.0%}"
        )
    for name, value, bar in bars(answers):
        print(f"{name:<36} {value:6.3f}  {bar}")
    if options.wrong and options.half == "dev":
        for answer in answers:
            if not answer.right:
                state = "unsure" if answer.unsure else "sure"
                print(
                    f"{answer.case.conversation.id} {answer.question}: {answer.given}, not "
                    f"{answer.truth} ({state} {answer.confidence:.2f}): {answer.reason}"
                )


if __name__ == "__main__":
    main()
