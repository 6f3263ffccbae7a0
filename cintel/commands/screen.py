"""What every command writes with: results on stdout, all else on stderr, one line an error."""

from __future__ import annotations

import os
import sys

from rich.console import Console
from rich.markup import escape

# A file or a pipe has no width; the 80 columns that rich assumes cut names and labels.
_WIDTH = 140


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or of a width that fits every table."""
    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH
    return Console(stderr=stderr, width=wide, emoji=False)


out = console()
err = console(stderr=True)


def complain(error: Exception) -> None:
    """Print an error in one line."""
    _line("[red]error[/red]", str(error))


def note(text: str) -> None:
    """Print a warning in one line."""
    _line("[yellow]note[/yellow]", text)


def _line(mark: str, text: str) -> None:
    err.print(f"{mark} {escape(' '.join(text.splitlines()))}", highlight=False, soft_wrap=True)
