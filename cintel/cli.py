"""The ``cintel`` command: a thin face over the pipelines and the store.

Exit status: 0 all done, 1 some inputs failed and were named, 2 the call itself was wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cintel import __version__
from cintel.commands import (
    evaluate,
    learn,
    report,
    sample,
    scorecards,
    stopping,
    topics,
    voices,
)
from cintel.commands.choices import Device, Engine, Format, Redact, Tables
from cintel.commands.screen import complain, err, out
from cintel.errors import CintelError, UsageError

INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    name="cintel",
    help="Call recordings and chat logs in, scored conversations out, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(no_args_is_help=True, help="The weights: what they are, fetch, check.")
app.add_typer(models_app, name="models")
app.add_typer(scorecards.app, name="scorecard")
app.add_typer(voices.app, name="voices")
app.command()(evaluate.evaluate)
app.command()(topics.topics)
app.command()(sample.sample)
app.command()(learn.learn)
app.command()(report.report)


StoreOption = Annotated[
    str | None, typer.Option("--store", help="Database URL or file. [default: cintel.db]")
]
ScorecardOption = Annotated[
    str | None, typer.Option("--scorecard", help="Scorecard file, packaged or published name.")
]


@app.command()
def analyze(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or glob patterns.")],
    json: Annotated[
        Path | None, typer.Option("--json", help="Also write FILE.json into this folder.")
    ] = None,
    store: StoreOption = None,
    scorecard: ScorecardOption = None,
    device: Annotated[Device | None, typer.Option(help="Where the models run.")] = None,
    asr: Annotated[
        str | None,
        typer.Option(help="Recogniser: a size like `small`, a Hugging Face name or a folder."),
    ] = None,
    hotwords: Annotated[
        str | None, typer.Option(help="Names and terms to expect, in plain words.")
    ] = None,
    diarizer: Annotated[
        str | None, typer.Option(help="A pyannote pipeline, by name or folder, instead of ours.")
    ] = None,
    speakers: Annotated[int | None, typer.Option(help="People on a mono call.")] = None,
    vram: Annotated[
        float | None, typer.Option(help="GB of GPU memory to stay within.", show_default="8")
    ] = None,
    redact: Annotated[
        Redact | None,
        typer.Option(help="Take personal data out: placeholders in `text`, a tone in `audio`."),
    ] = None,
    redacted: Annotated[
        Path | None,
        typer.Option(help="Folder of the toned copies; originals stay. [default: redacted]"),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="This machine, or the Ray cluster at RAY_ADDRESS.")
    ] = Engine.local,
    workers: Annotated[int, typer.Option(min=1, help="Processes; each loads the models.")] = 1,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep nothing.")] = False,
) -> None:
    """Analyse recordings and chats; a second run skips what is done.

    Examples:

        cintel analyze recordings/ --store calls.db

        cintel analyze "inbox/*.mp3" chat.csv --json results --no-store

        cintel analyze calls/ --asr small --hotwords "Meridian, Brightpay, Aoife"

        cintel analyze calls/ --redact both --redacted /srv/calls/toned
    """
    from cintel.commands.analyze import run
    from cintel.settings import load_settings

    settings = load_settings(
        device=device, asr=asr, hotwords=hotwords, diarizer=diarizer, speakers=speakers,
        vram=vram, store=store, scorecard=scorecard, redact=redact, redacted=redacted,
    )  # fmt: skip
    raise typer.Exit(run(paths, settings, json, not no_store, workers, engine.value))


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the analysis.")] = False,
    port: Annotated[int, typer.Option(help="Where the dashboard listens.")] = 8501,
) -> None:
    """Analyse the sample calls and chats, then open the dashboard on them.

    Example:

        cintel demo --no-serve
    """
    from cintel.commands.demo import run

    raise typer.Exit(run(serve=not no_serve, port=port))


@app.command()
def dashboard(
    store: StoreOption = None,
    port: Annotated[int, typer.Option(help="Where it listens.")] = 8501,
    host: Annotated[str, typer.Option(help="Address; 0.0.0.0 opens it to others.")] = "localhost",
) -> None:
    """Open the dashboard on a store.

    Example:

        cintel dashboard --store calls.db --port 8600
    """
    from cintel.commands.demo import serve_store
    from cintel.settings import load_settings

    raise typer.Exit(serve_store(load_settings(store=store).store, port, host))


@app.command()
def show(
    key: Annotated[str, typer.Argument(metavar="ID", help="Id, or its first characters.")],
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.text,
    store: StoreOption = None,
) -> None:
    """Print one conversation.

    Example:

        cintel show 3fa9 --format srt > call.srt
    """
    from cintel.commands import results

    print(results.render(results.load(store, key), format.value))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where the tables go.")],
    format: Annotated[Tables, typer.Option(help="File format.")] = Tables.parquet,
    store: StoreOption = None,
) -> None:
    """Write all conversations and turns as tables.

    Example:

        cintel export tables --format csv --store calls.db
    """
    from cintel.commands import results

    for path, rows in results.export(store, folder, format.value):
        out.print(f"{path}: {rows} rows")


@app.command()
def doctor(store: StoreOption = None) -> None:
    """Report what works on this machine, and why not.

    Example:

        cintel doctor --store calls.db
    """
    from cintel.commands.doctor import run

    raise typer.Exit(run(store))


@models_app.command("list")
def models_list() -> None:
    """Every known weight: licence, size, and whether it is here.

    Example:

        cintel models list
    """
    from cintel.commands import weights

    out.print(weights.table())


@models_app.command("pull")
def models_pull(
    names: Annotated[list[str] | None, typer.Argument(help="Names; none: the defaults.")] = None,
) -> None:
    """Fetch weights into the cache and check them; what is there already is kept.

    Examples:

        cintel models pull

        cintel models pull whisper-base minilm
    """
    from cintel.commands import weights

    weights.pull(names or weights.defaults())


@models_app.command("verify")
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Names; none: the defaults.")] = None,
) -> None:
    """Hash the weights on this machine against the registry.

    Example:

        cintel models verify minilm
    """
    from cintel.commands import weights

    raise typer.Exit(weights.verify(names or weights.defaults()))


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cintel {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; every error of ours is one line and an exit status, never a traceback."""
    stopping.listen()
    try:
        app()
    except CintelError as error:
        complain(error)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            err.print("stopped; what is done is kept, the same command goes on from here")
        raise
