"""The printed table: a line a call, and the bars of the whole split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.diarization import Errors as SpeakerErrors
from benchmarks.speech.calls import Call
from benchmarks.speech.measure import Attribution, Errors

HEAD = (
    f"{'call':22} {'kind':6} {'pair':4} {'snr':>4} {'noise':6} {'artefact':8} {'level':>5}"
    f" {'WER':>6} {'seq.':>6} {'DER':>6} {'conf.':>6} {'found':>5} {'words':>6} {'roles':>5}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured on one call.

    Attributes:
        ours: word errors of cintel.
        theirs: word errors of faster-whisper, sequential.
        diarization: None for two-channel calls.
        peer: that of pyannote's default pipeline, where it was asked for.
        spent: seconds by job: cintel (its recogniser), sequential, diarize, peer, all.
        turns: the turns as text, for reading.
    """

    call: Call
    seconds: float
    channels: int
    ours: Errors
    theirs: Errors
    diarization: SpeakerErrors | None
    peer: SpeakerErrors | None
    attribution: Attribution
    spent: dict[str, float]
    turns: tuple[str, ...]

    @property
    def pair(self) -> str:
        """Genders of agent and customer."""
        voices = self.call.script.voices
        return voices["agent"][1] + voices["customer"][1]

    @property
    def wrong_share(self) -> float:
        """Words on the wrong speaker, as a share of those heard."""
        return len(self.attribution.misplaced) / max(self.attribution.heard, 1)


def line(row: Row) -> str:
    """One call."""
    call, audio, found = row.call, row.call.script.audio, row.diarization
    level = audio.levels["agent"] - audio.levels["customer"]
    speakers = (
        f"{found.rate:6.1%} {found.confusion:6.1%} {found.found:3}/{found.true}"
        if found
        else f"{'-':>6} {'-':>6} {'-':>5}"
    )
    return (
        f"{call.stem:22} {call.layout:6} {row.pair:4} {audio.snr:4.0f} {call.noise:6}"
        f" {call.artefact:8} {level:5.1f} {row.ours.rate:6.1%} {row.theirs.rate:6.1%} {speakers}"
        f" {row.wrong_share:6.1%} {'right' if row.attribution.roles else 'WRONG':>5}"
    )


def summary(rows: Sequence[Row]) -> str:
    """Every bar of the split, with what was measured."""
    mono = [row for row in rows if row.channels == 1]
    stereo = [row for row in rows if row.channels == 2]
    same = [row for row in mono if row.pair in ("ff", "mm")]
    mixed = [row for row in mono if row not in same]
    ours, theirs = _pooled(row.ours for row in rows), _pooled(row.theirs for row in rows)
    faster = _speed(rows, "cintel") / _speed(rows, "sequential")
    lines = [
        ("calls, minutes", f"{len(rows)}, {sum(row.seconds for row in rows) / 60:.1f}", ""),
        ("WER, cintel", f"{ours:.2%}", f"<= {theirs + 0.002:.2%}"),
        ("WER, faster-whisper sequential", f"{theirs:.2%}", ""),
        ("ASR speed, cintel", f"{_speed(rows, 'cintel'):.1f} x", ""),
        ("ASR speed, sequential", f"{_speed(rows, 'sequential'):.1f} x", ""),
        ("ASR speed, ratio", f"{faster:.2f}", ">= 1.7"),
        ("DER, mono", _diarized(mono, "rate"), "<= 3 %"),
        ("DER, same gender", _diarized(same, "rate"), ""),
        ("DER, different gender", _diarized(mixed, "rate"), ""),
        ("missed", _diarized(mono, "missed"), ""),
        ("false alarm", _diarized(mono, "false_alarm"), ""),
        ("confusion", _diarized(mono, "confusion"), ""),
        ("diarization speed", f"{_speed(mono, 'diarize'):.1f} x", ">= 35 x"),
        ("DER, pyannote's default pipeline", _diarized(mono, "rate", "peer"), ""),
        ("its speed", f"{_speed(mono, 'peer'):.1f} x", ""),
        ("two speakers found", _counted(mono), ">= 99 %"),
        ("words on the wrong speaker, mono", _wrong(mono), "<= 2 %"),
        ("words on the wrong speaker, stereo", _wrong(stereo), ""),
        ("roles right, mono", _roles(mono), ">= 98 %"),
        ("roles right, stereo", _roles(stereo), "100 %"),
        ("end to end, mono", f"{_speed(mono, 'all'):.1f} x", ">= 12 x"),
        ("end to end, stereo", f"{_speed(stereo, 'all'):.1f} x", ">= 15 x"),
    ]
    return "\n".join(f"{name:36} {figure:>16} {bar:>12}" for name, figure, bar in lines)


def faults(row: Row) -> str:
    """What went wrong in a call: words dropped, words misplaced, and the turns."""
    misplaced = (
        f"{token.time:.1f} {token.who}: {token.text}" for token in row.attribution.misplaced
    )
    return "\n".join(
        (
            line(row),
            *(f"  dropped   {run}" for run in row.ours.dropped),
            f"  misplaced {'; '.join(misplaced)}",
            *row.turns,
        )
    )


def invented(counts: dict[str, int]) -> str:
    """Words heard where nobody speaks."""
    return "\n".join(
        f"{f'words in 10 min of {name}':36} {count:16} {'0':>12}" for name, count in counts.items()
    )


def _pooled(errors: Iterable[Errors]) -> float:
    return sum(errors, Errors(0, 0)).rate


def _speed(rows: Sequence[Row], job: str) -> float:
    spent = sum(row.spent.get(job, 0.0) for row in rows)
    return sum(row.seconds for row in rows) / spent if spent else 0.0


def _diarized(rows: Sequence[Row], figure: str, system: str = "diarization") -> str:
    """Mean over calls, each weighted by its length."""
    found = [(getattr(row, system), row.seconds) for row in rows if getattr(row, system)]
    total = sum(seconds for _, seconds in found)
    mean = sum(getattr(errors, figure) * seconds for errors, seconds in found)
    return f"{mean / total:.2%}" if total else "-"


def _counted(rows: Sequence[Row]) -> str:
    """Calls of two people without a recorded voice."""
    found = [row.diarization for row in rows if row.diarization and row.diarization.true == 2]
    return f"{sum(errors.found == 2 for errors in found)}/{len(found)}"


def _wrong(rows: Sequence[Row]) -> str:
    heard = sum(row.attribution.heard for row in rows)
    return f"{sum(len(row.attribution.misplaced) for row in rows) / max(heard, 1):.2%}"


def _roles(rows: Sequence[Row]) -> str:
    return f"{sum(row.attribution.roles for row in rows)}/{len(rows)}"
