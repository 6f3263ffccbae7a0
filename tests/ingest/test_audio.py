from __future__ import annotations

import hashlib
import io
import math
import subprocess
import sys
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from cintel.errors import AudioError
from cintel.ingest.audio import (
    SAMPLE_RATE,
    Recording,
    have_own_voices,
    level_dbfs,
    read_audio,
    tell_parties,
)

Samples = NDArray[np.float32]
LAYOUTS = ("mono", "stereo", "2.1", "quad", "5.0", "5.1", "6.1", "7.1")
SAMPLES = Path(__file__).parents[2] / "sample_audio" / "calls"


def tone(seconds: float, rate: int, channels: int = 1, hertz: float = 440.0) -> Samples:
    """A sine at −20 dBFS in every channel."""
    time = np.arange(int(seconds * rate)) / rate
    wave_ = 0.1 * math.sqrt(2) * np.sin(2 * np.pi * hertz * time)
    return np.tile(wave_.astype(np.float32), (channels, 1))


def encode(
    samples: Samples, rate: int, container: str, codec: str, form: str, picture: bool = False
) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        video = out.add_stream("mpeg4", rate=5) if picture else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        layout = LAYOUTS[len(samples) - 1]
        stream = out.add_stream(codec, rate=rate, layout=layout, format=form)
        resampler = av.AudioResampler(form, layout, rate, frame_size=1024)
        source = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        source.sample_rate, source.time_base, source.pts = rate, Fraction(1, rate), 0
        for frame in [*resampler.resample(source), *resampler.resample(None)]:
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if video is not None:
            for number in range(10):
                picture_ = av.VideoFrame.from_ndarray(
                    np.full((64, 64, 3), number, dtype=np.uint8), format="rgb24"
                )
                out.mux(video.encode(picture_))
            out.mux(video.encode(None))
    return target.getvalue()


def pcm(samples: Samples, rate: int = 8000) -> bytes:
    """A plain 16-bit WAV file: a head of 44 bytes, then the samples."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(len(samples))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((samples.T * 32767).round().astype("<i2").tobytes())
    return target.getvalue()


def video_only() -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as out:
        video = out.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        black = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")
        out.mux(video.encode(black))
        out.mux(video.encode(None))
    return target.getvalue()


def speech(seconds: float, seed: int, share: float = 1.0) -> Samples:
    """Noise with the envelope of syllables, for a part of the time; digital silence around it."""
    random = np.random.default_rng(seed)
    count = int(seconds * SAMPLE_RATE)
    time = np.arange(count) / SAMPLE_RATE
    envelope = np.maximum(0, np.sin(2 * np.pi * 4 * time + seed)) * (random.random(1) + 0.5)
    envelope[int(share * count) :] = 0
    return (0.1 * envelope * random.standard_normal(count)).astype(np.float32)


def take_turns(seconds: float, share: float) -> tuple[Samples, Samples]:
    """Two parties: the second one says something only in the last ``share`` of the time."""
    first, second = speech(seconds, 1, 1 - share), speech(seconds, 2)
    second[: int((1 - share) * second.size)] = 0
    return first, second


@pytest.mark.parametrize(
    ("container", "codec", "form", "rate"),
    [
        ("wav", "pcm_u8", "u8", 8000),
        ("wav", "pcm_s16le", "s16", 8000),
        ("wav", "pcm_s24le", "s32", 44100),
        ("wav", "pcm_s32le", "s32", 48000),
        ("wav", "pcm_f32le", "flt", 11025),
        ("wav", "pcm_f64le", "dbl", 22050),
        ("wav", "pcm_mulaw", "s16", 8000),
        ("wav", "pcm_alaw", "s16", 8000),
        ("mp3", "libmp3lame", "s16p", 22050),
        ("mp3", "libmp3lame", "s16p", 11025),
        ("adts", "aac", "fltp", 44100),
        ("ipod", "aac", "fltp", 48000),
        ("ogg", "libopus", "flt", 48000),
        ("ogg", "libopus", "flt", 8000),
        ("ogg", "flac", "s16", 16000),
        ("flac", "flac", "s16", 44100),
        ("matroska", "libopus", "flt", 48000),
        ("aiff", "pcm_s16be", "s16", 44100),
        ("au", "pcm_mulaw", "s16", 8000),
    ],
)
def test_every_format_keeps_its_length_and_level(
    container: str, codec: str, form: str, rate: int
) -> None:
    found = read_audio(encode(tone(3.0, rate), rate, container, codec, form))
    assert found.samples.dtype == np.float32
    assert found.samples.shape[0] == 1
    assert found.sample_rate == SAMPLE_RATE
    assert found.duration == pytest.approx(3.0, abs=0.1)
    middle = found.samples[:, SAMPLE_RATE // 2 : -SAMPLE_RATE // 2]
    assert level_dbfs(middle) == pytest.approx(-20.0, abs=0.5)
    assert found.warnings == ()
    spectrum = np.abs(np.fft.rfft(middle[0, :SAMPLE_RATE]))
    assert int(spectrum.argmax()) == pytest.approx(440, abs=1)


def test_the_sound_of_a_video() -> None:
    found = read_audio(encode(tone(2.0, 44100), 44100, "mp4", "aac", "fltp", picture=True))
    assert found.duration == pytest.approx(2.0, abs=0.1)
    assert found.metadata == {"sample_rate": 44100, "channels": 1}


@pytest.mark.parametrize("channels", range(1, 9))
def test_one_to_eight_channels(channels: int) -> None:
    found = read_audio(pcm(tone(1.0, 8000, channels)))
    assert found.metadata["channels"] == channels
    assert found.samples.shape == (1, SAMPLE_RATE)
    assert level_dbfs(found.samples) == pytest.approx(-20.0, abs=0.5)


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a call [1].wav"
    path.write_bytes(data := pcm(tone(1.0, 8000)))
    found = read_audio(path)
    assert found.content_hash == hashlib.sha256(data).hexdigest()
    assert found.source == str(path)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", r"call\.wav: is empty \(0 bytes\)\. Export the recording again"),
        (b"Agent: hello\nCustomer: hi\n" * 50, r"is not audio that can be decoded .*Convert it"),
        (pcm(tone(1.0, 8000))[:30], r"is not audio|holds no decodable sound"),
        (pcm(tone(1.0, 8000))[:44], r"holds no decodable sound"),
        (pcm(tone(0.05, 8000)), r"holds less than 0\.1 s of sound"),
        (pcm(np.zeros((1, 16000), np.float32)), r"holds only silence\. Check the recorder"),
        (pcm(np.full((2, 16000), 1e-4, np.float32)), r"holds only silence"),
        (video_only(), r"has no audio stream\. Export it with its sound track"),
    ],
)
def test_what_cannot_be_heard_is_said(data: bytes, fault: str) -> None:
    with pytest.raises(AudioError, match=fault):
        read_audio(data, name="call.wav")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"none\.wav: cannot be read \(No such file"):
        read_audio(tmp_path / "none.wav")
    with pytest.raises(AudioError, match=r"cannot be read \(Is a directory"):
        read_audio(tmp_path)


def test_half_an_mp3_is_kept_and_said() -> None:
    data = encode(tone(10.0, 22050), 22050, "mp3", "libmp3lame", "s16p")
    found = read_audio(data[: len(data) // 2])
    assert found.duration == pytest.approx(5.0, abs=0.2)
    assert any("the header promises 10." in item for item in found.warnings)


def test_damage_in_the_middle_costs_only_itself() -> None:
    data = bytearray(encode(tone(10.0, 44100), 44100, "adts", "aac", "fltp"))
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(range(200)) * 2
    found = read_audio(bytes(data))
    assert found.duration == pytest.approx(10.0, abs=0.5)
    assert any("damaged packets were skipped" in item for item in found.warnings)


def test_a_header_that_promises_too_much() -> None:
    data = bytearray(pcm(tone(5.0, 8000)))
    data[40:44] = (60 * 16000).to_bytes(4, "little")
    found = read_audio(bytes(data))
    assert found.duration == pytest.approx(5.0, abs=0.01)
    assert found.warnings == ("the header claims 960000 bytes of sound, 80000 are there",)


def test_a_header_that_claims_too_little() -> None:
    data = bytearray(pcm(tone(5.0, 8000)))
    data[40:44] = (1 * 16000).to_bytes(4, "little")
    found = read_audio(bytes(data))
    assert found.duration == pytest.approx(5.0, abs=0.01)
    assert found.warnings == (
        "the header claims 16000 bytes of sound, all 80000 that follow were read",
    )


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_length_that_a_stream_left_open(size: int) -> None:
    data = bytearray(pcm(tone(5.0, 8000)))
    data[40:44] = size.to_bytes(4, "little")
    found = read_audio(bytes(data))
    assert found.duration == pytest.approx(5.0, abs=0.01)
    assert found.warnings == ()


def test_chunks_behind_the_sound_are_not_sound() -> None:
    note = b"LIST" + (26).to_bytes(4, "little") + b"INFOISFT" + (14).to_bytes(4, "little")
    found = read_audio(pcm(tone(2.0, 8000)) + note + b"Recorder 1.0.0")
    assert found.duration == pytest.approx(2.0, abs=0.001)
    assert found.warnings == ()


def test_samples_that_are_no_numbers_are_silenced() -> None:
    samples = tone(2.0, 16000)
    samples[0, 8000] = np.nan
    found = read_audio(encode(samples, 16000, "wav", "pcm_f32le", "flt"))
    assert np.isfinite(found.samples).all()
    assert found.warnings == ("1 samples were not numbers and were silenced",)


def test_an_hour_is_held_once(tmp_path: Path) -> None:
    """Beside the samples themselves (220 MiB) and the file there is little."""
    path = tmp_path / "hour.wav"
    second = (tone(1.0, 8000)[0] * 32767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        for _ in range(3600):
            out.writeframes(second)
    code = (
        "import sys; from pathlib import Path; import av, numpy\n"
        "from cintel.ingest.audio import read_audio\n"
        "status = Path('/proc/self/status')\n"
        "peak = lambda: int(status.read_text().split('VmHWM:')[1].split()[0]) / 1024\n"
        "before = peak(); found = read_audio(Path(sys.argv[1]))\n"
        "print(found.duration, peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    duration, grown = map(float, done.stdout.split())
    assert duration == pytest.approx(3600, abs=0.01)
    assert 200 < grown < 330


def test_two_parties_stay_two_rows() -> None:
    first, second = take_turns(10.0, 0.5)
    found = read_audio(pcm(np.stack([first, second]), SAMPLE_RATE))
    assert found.channels == 2
    assert found.warnings == ()
    assert level_dbfs(found.samples[1, : 4 * SAMPLE_RATE]) < -90


@pytest.mark.parametrize("leak_db", [-90, -30, -20])
@pytest.mark.parametrize("share", [0.5, 0.03])
def test_one_who_says_little_on_a_leaking_line_is_a_party(share: float, leak_db: float) -> None:
    first, second = take_turns(60.0, share)
    leak = np.float32(10 ** (leak_db / 20))
    noise = np.random.default_rng(0).standard_normal((2, first.size)).astype(np.float32) * 1e-3
    channels = np.stack([first + leak * second, second + leak * first]) + noise
    parties, notes = tell_parties(channels)
    assert (parties.shape[0], notes) == (2, [])


def _copies() -> dict[str, Samples]:
    voice = speech(20.0, 3)
    random = np.random.default_rng(4)
    noise = random.standard_normal(voice.size).astype(np.float32)
    return {
        "same": voice,
        "quieter": voice * np.float32(0.3),
        "later": np.roll(voice, SAMPLE_RATE // 100),
        "noisier": voice + noise * np.float32(0.002),
    }


@pytest.mark.parametrize("kind", ["same", "quieter", "later", "noisier"])
def test_copies_are_one_signal(kind: str) -> None:
    first, second = speech(20.0, 3), _copies()[kind]
    parties, notes = tell_parties(np.stack([first, second]))
    assert parties.shape == (1, first.size)
    assert notes == ["2 channels carry one signal, the louder was kept"]


def test_an_inverted_copy_is_not_cancelled() -> None:
    voice = speech(20.0, 3)
    parties, _ = tell_parties(np.stack([voice * np.float32(0.5), -voice]))
    assert np.array_equal(parties, -voice[None])


def test_a_dead_channel_is_left_out() -> None:
    voice = speech(5.0, 5)
    for quiet in (np.zeros_like(voice), voice * np.float32(0.001)):
        parties, notes = tell_parties(np.stack([quiet, voice]))
        assert np.array_equal(parties, voice[None])
        assert notes == ["channel 1 is dead and was left out"]


def test_three_parties_are_joined() -> None:
    voices = np.stack([speech(5.0, seed) for seed in (1, 2, 3)])
    parties, notes = tell_parties(voices)
    assert np.allclose(parties[0], voices.mean(axis=0), atol=1e-6)
    assert notes == ["3 channels are no two parties and were joined to mono"]


def test_two_of_three_channels_alive() -> None:
    first, second = take_turns(10.0, 0.5)
    parties, notes = tell_parties(np.stack([first, np.zeros_like(first), second]))
    assert np.array_equal(parties, np.stack([first, second]))
    assert notes == ["channel 2 is dead and was left out"]


def test_a_moment_of_sound_has_no_parties() -> None:
    assert not have_own_voices(np.ones(100, np.float32), np.zeros(100, np.float32))


def test_level() -> None:
    assert level_dbfs(tone(1.0, 16000)) == pytest.approx(-20.0, abs=0.01)
    assert level_dbfs(np.ones((2, 100), np.float32)) == pytest.approx(0.0)
    assert level_dbfs(np.zeros((1, 100), np.float32)) == -120.0
    assert level_dbfs(np.zeros((1, 0), np.float32)) == -120.0


def test_mono_is_the_mean() -> None:
    found = Recording(np.array([[0.0, 1.0], [1.0, 0.0]], np.float32), 16000, "x", "")
    assert found.mono.tolist() == [0.5, 0.5]
    assert found.duration == 2 / 16000


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("banking-1-lost-card.wav", None),
        ("health-2-lost-prescription.mp3", 1),
        ("ecommerce-3-late-refund.ogg", 1),
    ],
)
def test_the_samples_are_read_without_a_warning(name: str, rows: int | None) -> None:
    found = read_audio(SAMPLES / name)
    assert found.warnings == ()
    assert rows is None or found.channels == rows


@pytest.mark.parametrize(
    "samples",
    [np.zeros((1, 9), np.int16), np.zeros((1, 9), np.float64), np.zeros(9, np.float32)],
    ids=["int16", "float64", "one dimension"],
)
def test_samples_in_another_form_are_refused(samples: np.ndarray) -> None:
    with pytest.raises(AudioError, match=f"made.*{samples.dtype.name}"):
        Recording(samples, SAMPLE_RATE, "made", "0")


def test_another_rate_is_refused() -> None:
    with pytest.raises(AudioError, match="8000 Hz"):
        Recording(np.zeros((1, 9), np.float32), 8000, "made", "0")
