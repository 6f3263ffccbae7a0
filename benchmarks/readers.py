"""How far two readers of the Quality truth agree: ``python benchmarks/readers.py``.

The first reader's answers are the ``truth`` of ``quality_truth/dev.yaml`` and ``test.yaml``, the
second's those of ``second-dev.yaml`` and ``second-test.yaml``. Only figures are printed, so that
the test half stays unseen. *read* pools the questions that reading decides; *all* adds those that
follow from a given metric, on which readers can only agree. Brackets: 95 %, by conversation; none
where nobody ever differed, since no draw of such answers can vary.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from cintel.quality import load_scorecard
from cintel.quality.coefficients import Agreement, Estimate, measure, sheet
from cintel.quality.rules import Metric

TRUTH = Path(__file__).parent / "quality_truth"
HALVES = ("dev", "test")

Answers = dict[str, dict[str, str]]


def read_answers(path: Path) -> Answers:
    """Answers by conversation and question: the texts yes, no and na."""
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return {row["id"]: row["truth"] for row in rows}


def between(first: Answers, second: Answers, questions: Iterable[str]) -> Agreement:
    """The agreement of two readers over these questions of every conversation.

    Raises:
        KeyError: when one of them left out a conversation or a question.
    """
    rows = [
        (talk, (first[talk][question], second[talk][question]), (True, True))
        for question in questions
        for talk in sorted(first.keys() | second.keys())
    ]
    return measure(sheet(rows, "nominal"))


def main() -> None:
    every = load_scorecard("general-service").questions
    read = [question.id for question in every if not isinstance(question.judge, Metric)]
    groups = {question.id: [question.id] for question in every}
    groups |= {"read": read, "all": list(groups)}
    for half in HALVES:
        first = read_answers(TRUTH / f"{half}.yaml")
        second = read_answers(TRUTH / f"second-{half}.yaml")
        print(f"{half}: {len(first)} conversations")
        print(f"{'question':<16} {'n':>4}  {'agree':<18}  {'kappa':<18}  AC1")
        for name, questions in groups.items():
            found = between(first, second, questions)
            shown = [_told(found.unchanged), _told(found.kappa), _told(found.ac1)]
            print(f"{name:<16} {found.answers:>4}  {shown[0]:<18}  {shown[1]:<18}  {shown[2]}")


def _told(figure: Estimate) -> str:
    if figure.value is None:
        return "-"
    if figure.low is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]"


if __name__ == "__main__":
    main()
