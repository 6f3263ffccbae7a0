from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from cintel.dashboard import audio
from cintel.errors import AudioError


def _write(path: Path, codec: str, container: str, rate: int = 8000, channels: int = 1) -> Path:
    layout = "mono" if channels == 1 else "stereo"
    tone = (8000 * np.sin(np.arange(rate) * 2 * np.pi * 440 / rate)).astype(np.int16)
    with av.open(str(path), "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.repeat(tone, channels)[None], format="s16", layout=layout
        )
        frame.sample_rate = rate
        for piece in av.AudioResampler(stream.format, layout, rate).resample(frame):
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("codec", "container", "channels"),
    [("pcm_mulaw", "wav", 1), ("pcm_alaw", "wav", 2), ("pcm_s16le", "wav", 2), ("flac", "flac", 1)],
)
def test_what_browsers_refuse_becomes_mp3(
    tmp_path: Path, codec: str, container: str, channels: int
) -> None:
    clip = audio.clip(_write(tmp_path / "call", codec, container, channels=channels))
    assert clip.mime == "audio/mpeg"
    with av.open(BytesIO(clip.data)) as opened:
        assert opened.streams.audio[0].codec_context.name.startswith("mp3")
        assert opened.streams.audio[0].codec_context.channels == channels
        assert opened.duration == pytest.approx(1_000_000, abs=1000)


@pytest.mark.parametrize(
    ("codec", "container", "mime"),
    [("libmp3lame", "mp3", "audio/mpeg"), ("aac", "ipod", "audio/mp4")],
)
def test_what_browsers_play_stays_as_it_is(
    tmp_path: Path, codec: str, container: str, mime: str
) -> None:
    path = _write(tmp_path / "call", codec, container, rate=16000)
    assert audio.clip(path) == audio.Clip(path.read_bytes(), mime)


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("this is not a recording")
    with pytest.raises(AudioError, match=r"notes\.wav: cannot be played"):
        audio.clip(path)


def test_a_subtitle_file_holds_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "talk.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    with pytest.raises(AudioError, match="no audio in it"):
        audio.clip(path)


def test_relative_recordings_are_looked_for_in_each_folder(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    there = tmp_path / "store" / "a.wav"
    there.touch()
    folders = (tmp_path, tmp_path / "store")
    assert audio.find("a.wav", folders) == there
    assert audio.find(str(there), ()) == there
    assert audio.find("b.wav", folders) is None
