"""``cintel scorecard``: the ready scorecards, a look at one, and what is wrong with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cintel.commands.screen import complain, out

if TYPE_CHECKING:
    from cintel.quality import Question

app = typer.Typer(no_args_is_help=True, help="Scorecards: those that are ready, and your own.")

CardArgument = Annotated[str, typer.Argument(help="A scorecard file, or a packaged name.")]


@app.command("list")
def shelf() -> None:
    """The scorecards that ship with cintel.

    Example:

        cintel scorecard list
    """
    from cintel.quality import load_scorecard
    from cintel.quality import shelf as names

    table = Table("name", "title", "questions", "pass mark", "version")
    for name in names():
        card = load_scorecard(name)
        row = (card.name, card.title, str(len(card.questions)), f"{card.pass_mark:g}", card.version)
        table.add_row(*row)
    out.print(table)


@app.command()
def check(file: CardArgument) -> None:
    """Say everything that is wrong with a scorecard, by line; the exit status is 1 then.

    Example:

        cintel scorecard check my-card.yaml
    """
    from cintel.quality import loads, mistakes, text_of

    text, where = text_of(file)
    faults = mistakes(text, where)
    for fault in faults:
        complain(fault)
    if faults:
        raise typer.Exit(1)
    card = loads(text, where)
    count = len(card.questions)
    out.print(f"{file}: {card.title}, {count} questions, version {card.version}: good")


@app.command()
def show(
    card: CardArgument,
    yaml: Annotated[bool, typer.Option("--yaml", help="The file itself, to copy.")] = False,
) -> None:
    """Print a scorecard: sections with weights, questions with points.

    Example:

        cintel scorecard show collections --yaml > my-card.yaml
    """
    from cintel.quality import loads, text_of

    text, where = text_of(card)
    if yaml:
        print(text, end="")
        return
    read = loads(text, where)
    table = Table("question", "text", "type", "points", "notes", title=escape(read.title))
    for section in read.sections:
        table.add_section()
        table.add_row(
            section.name, f"[bold]{escape(section.title)}[/bold]", "", "", f"{section.weight:g} %"
        )
        for question in section.questions:
            row = (question.id, question.text, question.type, f"{question.possible:g}")
            table.add_row(*map(escape, row), _notes(question))
    out.print(table)


def _notes(question: Question) -> str:
    notes = {
        f"fails the {question.critical}": question.critical is not None,
        "bonus": question.bonus,
        "conditional": question.when is not None,
        "by a person": getattr(question.judge, "kind", "") == "human",
    }
    return ", ".join(note for note, holds in notes.items() if holds)
