"""``cintel voices``: keep the voices of agents who agreed to it, list them, forget them.

The commands are declared here and not in ``cintel.cli``, which is as long as a room may be.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from cintel.commands.screen import complain, err, note, out
from cintel.errors import InputError, SettingsError

if TYPE_CHECKING:
    from cintel.analyzer import Analyzer
    from cintel.ingest.audio import Recording
    from cintel.runtime import Hook
    from cintel.speech.listen import Heard
    from cintel.speech.voiceprints import Vector, Voiceprint, Voiceprints

ENROLMENT = 10.0  # seconds of speech that a print needs
SURE = 0.9  # of the roles, before a voice is kept as the agent's
# Recordings of one person were never further apart than this; see benchmarks/voices.py.
SAME_PERSON = 0.6

app = typer.Typer(
    no_args_is_help=True,
    help="Agents known by their voice. Voiceprints are biometric data: enrol only who agreed.",
)
VoicesOption = Annotated[
    Path | None, typer.Option("--voices", help="File of voiceprints. [default: the setting]")
]
AgentArgument = Annotated[
    str, typer.Argument(metavar="AGENT_ID", help="As the metadata of calls names the agent.")
]


@app.command()
def enrol(
    agent_id: AgentArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Calls of this agent.")],
    voices: VoicesOption = None,
    channel: Annotated[
        int | None,
        typer.Option(min=1, max=2, help="The agent's channel. [default: told by the words]"),
    ] = None,
) -> None:
    """Learn an agent's voice from recordings; enrolling again adds to what is known.

    Of each recording the agent's turns are taken, or the only speaker's; ten seconds are needed
    in all. The file (mode 0600) holds 192 numbers an agent and no sound. Analyses use it where
    the setting `voices` names it.

    Examples:

        cintel voices enrol maria.lopez monday.wav tuesday.wav --voices voices.json

        cintel voices enrol tom.walker stereo.wav --channel 1

        CINTEL_VOICES=voices.json cintel analyze recordings/
    """
    raise typer.Exit(run_enrol(_path(voices), agent_id, files, channel))


@app.command("list")
def list_(voices: VoicesOption = None) -> None:
    """Whose voices are known.

    Example:

        cintel voices list --voices voices.json
    """
    from cintel.speech.voiceprints import load

    path = _path(voices)
    table = Table("agent", "seconds", "recordings", "updated", title=f"Voiceprints in {path}")
    for item in load(path).prints:
        count = str(len(item.recordings))
        table.add_row(escape(item.agent_id), f"{item.seconds:.0f}", count, item.updated)
    out.print(table)


@app.command()
def forget(agent_id: AgentArgument, voices: VoicesOption = None) -> None:
    """Erase an agent's voiceprint; what was analysed with it stays as it is.

    Example:

        cintel voices forget maria.lopez --voices voices.json
    """
    from cintel.speech.voiceprints import load, save

    path = _path(voices)
    known = load(path)
    if known.of(agent_id) is None:
        remedy = "See whose voices there are: cintel voices list"
        raise InputError(path, f"holds no voice of {agent_id}", remedy)
    save(known.without(agent_id), path)
    out.print(f"{agent_id}: forgotten", highlight=False)


def _path(given: Path | None) -> Path:
    from cintel.settings import load_settings

    path = load_settings(voices=given).voices
    if path is None:
        remedy = "Give --voices FILE, or set CINTEL_VOICES, or voices in cintel.toml"
        raise SettingsError("voices", "is not set: there is no file of voiceprints", remedy)
    return path


def run_enrol(path: Path, agent_id: str, files: list[Path], channel: int | None) -> int:
    """Put an agent's voice into a file of voiceprints; the exit status.

    Raises:
        SettingsError: the file of voiceprints cannot be read or written.
        InputError: the recordings hold too little of the agent; nothing is written.
    """
    from cintel.analyzer import Analyzer
    from cintel.commands.weights import pull_missing
    from cintel.settings import load_settings
    from cintel.speech.voiceprints import Voiceprints, load, save

    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise SettingsError(path, "is in no folder that can be written to", "Give another --voices")
    known = load(path) if path.exists() else Voiceprints()
    settings = load_settings()
    pull_missing((settings.asr, "segmentation-3.0", "campplus", "minilm"))
    print_, failed = learn(Analyzer(settings), agent_id, files, channel, known.of(agent_id))
    if print_ is None or print_.seconds < ENROLMENT:
        heard = print_.seconds if print_ else 0.0
        fault = f"{heard:.1f} s of speech were found, {ENROLMENT:.0f} are needed"
        raise InputError(agent_id, fault, "Name more or longer recordings of this agent")
    _warn_of_likeness(known.without(agent_id), print_)
    save(known.put(print_), path)
    count = len(print_.recordings)
    plural = "" if count == 1 else "s"
    out.print(
        f"{agent_id}: {print_.seconds:.0f} s from {count} recording{plural} in {path}",
        markup=False, highlight=False,
    )  # fmt: skip
    return 1 if failed else 0


def learn(
    analyzer: Analyzer,
    agent_id: str,
    files: list[Path],
    channel: int | None,
    print_: Voiceprint | None,
) -> tuple[Voiceprint | None, int]:
    """What is known of an agent after these files, and how many of them failed."""
    failed = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("{task.fields[step]}"), console=err) as progress:
        task = progress.add_task("", total=len(files), step="")

        def hook(step: str, completed: int, total: int) -> None:
            progress.update(task, step=f"{step} {completed}/{total}")

        for path in files:
            progress.update(task, description=escape(path.name))
            try:
                print_ = _add(analyzer, agent_id, path, channel, print_, hook)
            except InputError as error:
                complain(error)
                failed += 1
            progress.update(task, advance=1, step="")
    return print_, failed


def _add(
    analyzer: Analyzer,
    agent_id: str,
    path: Path,
    channel: int | None,
    known: Voiceprint | None,
    hook: Hook,
) -> Voiceprint:
    """The print with one more recording.

    Raises:
        InputError: the recording does not give the agent's voice.
    """
    from cintel.ingest.audio import read_audio
    from cintel.speech.voiceprints import Voiceprint, similarity

    recording = read_audio(path)
    if known and recording.content_hash in known.recordings:
        note(f"{path}: is in the print of {agent_id} already")
        return known
    vector, seconds = _voice(analyzer, path, recording, channel, hook)
    today = datetime.now(UTC).date().isoformat()
    print_ = Voiceprint(agent_id, vector, seconds, (recording.content_hash,), today)
    if known is None:
        return print_
    if (alike := similarity(known.vector, vector)) < SAME_PERSON:
        fault = f"does not sound like what is known of {agent_id} (similarity {alike:.2f})"
        raise InputError(path, fault, f"Leave it out, or: cintel voices forget {agent_id}")
    return known.joined(print_)


def _voice(
    analyzer: Analyzer, path: Path, recording: Recording, channel: int | None, hook: Hook
) -> tuple[Vector, float]:
    from cintel.speech.voices import SHORTEST, take

    settings, listener = analyzer.settings, analyzer.listener
    heard = listener.listen(recording, settings.language, settings.speakers, hook)
    speaker = find_agent(analyzer, path, recording, heard, channel)
    taken = take(recording, heard.turns, speaker, heard.channels, listener.diarizer)
    if taken is None:
        fault = f"holds less than {SHORTEST:.0f} s of the agent speaking alone"
        raise InputError(path, fault, "Name another recording")
    return taken


def find_agent(
    analyzer: Analyzer, path: Path, recording: Recording, heard: Heard, channel: int | None
) -> str:
    """The agent among the speakers: on the given channel, alone, or by what is said."""
    from cintel.speech.attribute import SYSTEM, assign_roles

    people = {turn.speaker for turn in heard.turns} - {SYSTEM}
    if channel is not None:
        if recording.channels != 2:
            fault = f"has no channel {channel} of its own: both parties share one track"
            raise InputError(path, fault, "Leave --channel out")
        people = {name for name in people if heard.channels[name] == channel - 1}
    if not people:
        where = "" if channel is None else f" on channel {channel}"
        raise InputError(path, f"holds no speech{where}", "Listen to it")
    if len(people) == 1:
        return people.pop()
    turns, confidence = assign_roles(heard.turns, analyzer.reader.role_logits)
    agents = {turn.speaker for turn in turns if turn.role == "agent"}
    if len(agents) != 1 or confidence < SURE:
        raise InputError(
            path, "does not say clearly which of its speakers is the agent",
            "Give --channel, or name a recording of the agent alone with CINTEL_SPEAKERS=1",
        )  # fmt: skip
    return agents.pop()


def _warn_of_likeness(others: Voiceprints, print_: Voiceprint) -> None:
    from cintel.speech.voiceprints import MARGIN, THRESHOLD, similarity

    for item in others.prints:
        alike = similarity(item.vector, print_.vector)
        if alike >= THRESHOLD - MARGIN:
            note(
                f"{print_.agent_id} sounds like {item.agent_id} (similarity {alike:.2f}):"
                " calls of either may go without a name"
            )
