"""``cintel learn``: a scorecard's questions refitted to what reviewers answered.

The command is declared here and not in ``cintel.cli``, which is as long as a room may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from cintel.commands.screen import err, note, out
from cintel.commands.topics import StoreOption
from cintel.errors import UsageError

if TYPE_CHECKING:
    from cintel.conversation import Analysis
    from cintel.quality import Scorecard
    from cintel.quality.examples import Example
    from cintel.quality.learning import Lesson
    from cintel.store import Store

_FIGURES = ("f1", "precision", "recall", "kappa")
Answers = dict[str, dict[str, str]]
"""People's answers by question and conversation: yes or no."""


def learn(
    store: StoreOption = None,
    scorecard: Annotated[
        str | None, typer.Option("--scorecard", help="Scorecard file or packaged name.")
    ] = None,
    question: Annotated[
        str | None, typer.Option("--question", help="Its id. [default: every reviewed one]")
    ] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the new version here.")
    ] = None,
) -> None:
    """Refit phrases and thresholds of a scorecard to the answers that reviewers gave.

    Figures are cross-validated: each answer is judged by a fit that has not seen it. A question
    that a refit does not help stays as it is. Nothing is in use before you evaluate with FILE.

    Examples:

        cintel learn --store calls.db --scorecard collections.yaml

        cintel learn --scorecard collections.yaml --question greeting --out collections-2.yaml
    """
    from cintel.commands.results import opened
    from cintel.quality import loads, text_of
    from cintel.settings import load_settings

    if out_file is not None and out_file.exists():
        raise UsageError(out_file, "is there already", "Name a new file; a version stays as it is")
    settings = load_settings(store=store, scorecard=scorecard)
    text, where = text_of(settings.scorecard)
    card = loads(text, where)
    with opened(settings.store) as found:
        given = reviewed(found, card, question)
        lessons = _taught(found, card, given)
    out.print(rendered(lessons))
    for line in (line for lesson in lessons for line in changes(lesson)):
        out.print(line, highlight=False, markup=False, soft_wrap=True)
    if out_file is not None:
        write(out_file, text, where, lessons)


def reviewed(store: Store, card: Scorecard, question: str | None) -> Answers:
    """The latest answer of a person, yes or no, to questions of any version of a scorecard.

    Answers to a question that was worded otherwise then do not count.

    Raises:
        UsageError: there are none, or the scorecard has no such question.
    """
    from cintel.store import ratings

    known = [item.id for item in card.questions]
    if question is not None and question not in known:
        remedy = f"Use one of: {', '.join(known)}"
        raise UsageError("--question", f"{question!r} is not on {card.name}", remedy)
    rows = [row for row in ratings.reviewed(store) if row["scorecard"] == card.name]
    same = {version: _same(store, card, version) for version in {row["version"] for row in rows}}
    latest: dict[tuple[str, str], str | float | None] = {}
    for row in sorted(rows, key=lambda row: str(row["at"])):
        if row["question"] in same[row["version"]] and question in (None, row["question"]):
            latest[row["question"], row["conversation"]] = row["human"]
    answers: Answers = {name: {} for name in known}
    for (name, conversation), human in latest.items():
        if human in ("yes", "no"):
            answers[name][conversation] = str(human)
    if not any(answers.values()):
        what = card.name if question is None else f"{card.name}, question {question}"
        raise UsageError(what, f"has no reviewed answers in {store.where}", "Review some first")
    return {name: given for name, given in answers.items() if given}


def rendered(lessons: Sequence[Lesson]) -> Table:
    """The figures before and after, a row a question."""
    table = Table("question", "yes", "no", *_FIGURES, "")
    for column in table.columns[1:-1]:
        column.justify = "right"
    for lesson in lessons:
        figures = [_pair(lesson, name) for name in _FIGURES]
        table.add_row(
            escape(lesson.question), str(lesson.yes), str(lesson.no), *figures,
            lesson.refused or "[green]better[/green]",
        )  # fmt: skip
    return table


def changes(lesson: Lesson) -> Iterator[str]:
    """What a refit does to a question, a line each; nothing where none is proposed."""
    given, fitted = lesson.given, lesson.fitted
    if given is None or fitted is None:
        return
    yield f"{lesson.question}: threshold {given.threshold:g} -> {fitted.threshold:g}"
    for sign, one, other in (("+", fitted, given), ("-", given, fitted)):
        yield from (f"  {sign} {line}" for line in one.phrases if line not in other.phrases)
        yield from (f"  {sign} not like: {x}" for x in one.not_like if x not in other.not_like)


def write(path: Path, text: str, where: str, lessons: Sequence[Lesson]) -> None:
    """The scorecard's text with every refit in it, and their figures in its first lines.

    Raises:
        UsageError: the file cannot be written.
    """
    from cintel.quality import loads
    from cintel.quality.rewriting import rewritten

    before, told = loads(text, where), []
    for lesson in lessons:
        if lesson.given is None or lesson.fitted is None:
            continue
        text = rewritten(text, where, lesson.question, lesson.given, lesson.fitted)
        told.append(f"# {datetime.now(UTC):%Y-%m-%d} learned {_summary(lesson)}\n")
    if not told:
        note(f"no refit helps: {path} was not written")
        return
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(("".join(told) + text).encode())
        partial.replace(path)
    except OSError as error:
        fault = f"cannot be written ({error.strerror})"
        raise UsageError(path, fault, "Name a file that you may write") from error
    after = loads(text, str(path))
    err.print(
        f"{path}: {after.name}, version {before.version} -> {after.version}. "
        f"Put it in use: cintel evaluate --scorecard {path}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def _taught(store: Store, card: Scorecard, answers: Answers) -> list[Lesson]:
    from cintel.analyzer import Analyzer
    from cintel.commands.weights import pull_missing
    from cintel.quality.examples import Remembering
    from cintel.quality.learning import learn as refit

    pull_missing(("minilm",))
    encoder = Remembering(Analyzer().reader.encoder)
    analyses: dict[str, Analysis] = {}
    lessons = []
    for name, given in track([*answers.items()], "refitting", console=err):
        analyses |= {key: store.load(key) for key in given if key not in analyses}
        examples = [_example(analyses[key], answer) for key, answer in sorted(given.items())]
        lessons.append(refit(card.question(name), examples, encoder))
    return lessons


def _example(analysis: Analysis, answer: str) -> Example:
    from cintel.quality.examples import Example

    return Example(analysis.conversation, analysis.labels, analysis.metrics, answer == "yes")


def _same(store: Store, card: Scorecard, version: str) -> set[str]:
    """The questions that a version asks in the same words."""
    from cintel.quality import loads

    text = store.scorecard(card.name, version)
    if version != card.version and text is None:
        return set()
    then = card if text is None else loads(text, f"{card.name} {version}")
    words = {item.id: item.text for item in card.questions}
    return {item.id for item in then.questions if words.get(item.id) == item.text}


def _pair(lesson: Lesson, name: str) -> str:
    if lesson.before is None or lesson.after is None:
        return ""
    told = (getattr(figures, name) for figures in (lesson.before, lesson.after))
    return " -> ".join("–" if value is None else f"{value:.2f}" for value in told)


def _summary(lesson: Lesson) -> str:
    return (
        f"{lesson.question} from {lesson.yes} yes and {lesson.no} no: "
        f"F1 {_pair(lesson, 'f1')}, kappa {_pair(lesson, 'kappa')} (cross-validated)"
    )
