"""Make the samples: `python -m sample_audio.make.make [--only STEM] [--carriers DIR]`."""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

from sample_audio.make import chats, encode, mix, truth
from sample_audio.make.band import RATE, Samples, telephone
from sample_audio.make.carriers import default_cache, prepare
from sample_audio.make.dialogue import Line, Script, load
from sample_audio.make.timeline import Timeline, check, lay
from sample_audio.make.voices import Synthesizer

SCRIPTS = Path(__file__).parent / "scripts"
OUT = Path(__file__).parent.parent


def make_call(script: Script, synthesizer: Synthesizer, folder: Path) -> Path:
    """Speak, mix, encode one call into `folder` with its truth beside it; returns its path."""
    spoken = [_say(script, line, synthesizer) for line in script.lines]
    timeline = lay(script, [len(samples) / RATE for samples in spoken])
    check(script, timeline)
    seed = zlib.crc32(script.stem.encode())
    audio = mix.render(
        _clips(timeline, spoken, seed),
        timeline.seconds,
        layout=script.audio.layout,
        snr=script.audio.snr,
        levels=script.audio.levels,
        seed=seed,
    )
    path = folder / file_name(script)
    rate = script.audio.rate
    encode.write(path, telephone(audio, rate), rate, script.audio.codec)
    truth.write(folder / f"{script.stem}.truth.json", truth.of_call(script, timeline, path.name))
    return path


def make_chat(script: Script, folder: Path) -> Path:
    """Write one chat log into `folder` with its truth beside it; returns its path."""
    path = folder / file_name(script)
    path.write_text(chats.export(script), encoding="utf-8")
    truth.write(folder / f"{script.stem}.truth.json", truth.of_chat(script, path.name))
    return path


def file_name(script: Script) -> str:
    """Return the stem with the ending of its codec or chat format."""
    if script.channel == "call":
        return f"{script.stem}.{encode.CODECS[script.audio.codec].ending}"
    return f"{script.stem}.{chats.ENDINGS[script.chat['format']]}"


def _say(script: Script, line: Line, synthesizer: Synthesizer) -> Samples:
    speed = line.speed or script.speeds.get(line.role, 1.0)
    return synthesizer.say(line.spoken, script.voices[line.role], speed)


def _clips(timeline: Timeline, spoken: list[Samples], seed: int) -> list[mix.Clip]:
    clips = [
        mix.Clip(turn.line.role, turn.start, samples, turn.line.gain)
        for turn, samples in zip(timeline.turns, spoken, strict=True)
    ]
    music = [(start, end) for kind, start, end in timeline.holds if kind == "music"]
    return clips + [mix.Clip("music", s, mix.hold_music(e - s, seed)) for s, e in music]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sample_audio.make.make", description=__doc__)
    parser.add_argument("--only", metavar="STEM", help="make this sample alone")
    parser.add_argument("--carriers", type=Path, metavar="DIR", help="folder with the packages")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=default_cache())
    parser.add_argument("--out", type=Path, metavar="DIR", default=OUT)
    return parser.parse_args()


def main() -> None:
    """Make every sample, or the one that --only names, and both metadata files."""
    arguments = _arguments()
    scripts = [load(path) for path in sorted(SCRIPTS.glob("*.yaml"))]
    synthesizer: Synthesizer | None = None
    for script in scripts:
        folder = arguments.out / f"{script.channel}s"
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.only not in (None, script.stem):
            continue
        if script.channel == "chat":
            print(make_chat(script, folder))
            continue
        if synthesizer is None:
            files = prepare(arguments.cache, arguments.carriers)
            synthesizer = Synthesizer(files, arguments.cache / "utterances")
        print(make_call(script, synthesizer, folder))
    for channel in ("call", "chat"):
        rows = [{"file": file_name(s), **s.about} for s in scripts if s.channel == channel]
        truth.write_metadata(arguments.out / f"{channel}s" / "metadata.csv", rows)


if __name__ == "__main__":
    main()
