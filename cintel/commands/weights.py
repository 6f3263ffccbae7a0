"""``cintel models``: list, pull and verify weights, with progress."""

from __future__ import annotations

from collections.abc import Iterable

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cintel import models
from cintel.commands.screen import complain, err, out
from cintel.errors import ModelError


def defaults() -> list[str]:
    """The names of the weights that the defaults use."""
    return [name for name, weight in models.registry().items() if weight.default]


def table() -> Table:
    """All weights, what they are and whether they are here."""
    columns = ("name", "what", "licence", "MB", "default", "here", "sha256")
    result = Table(*columns, title=f"Weights in {models.cache_folder()}")
    for name, weight in models.registry().items():
        result.add_row(
            name, weight.what, weight.licence, f"{weight.size / 1e6:.0f}",
            "yes" if weight.default else "", "yes" if models.is_present(name) else "no",
            weight.sha256[:12],
        )  # fmt: skip
    return result


def pull(names: Iterable[str]) -> None:
    """Fetch weights one after the other; what is here is only checked.

    Raises:
        ModelError: one of them cannot be had.
    """
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err) as progress:
        for name in names:
            task = progress.add_task(name, total=models.find(name).size)
            models.pull(
                name,
                lambda _, done, total, task=task: progress.update(  # type: ignore[misc]
                    task, completed=done, total=total
                ),
            )


def pull_missing(names: Iterable[str]) -> None:
    """Fetch only what is not here; quiet when all is."""
    known = models.registry()
    missing = [name for name in names if name in known and not models.is_present(name)]
    if missing:
        pull(missing)


def verify(names: Iterable[str]) -> int:
    """Hash weights against the registry; the exit status."""
    status = 0
    for name in names:
        wrong = models.verify(name)
        if wrong:
            status = 1
            fault = f"{', '.join(wrong)} missing or not the registered bytes"
            complain(ModelError(name, fault, f"Run: cintel models pull {name}"))
        else:
            out.print(f"{name}: good", highlight=False)
    return status
