from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from cintel.conversation import Word
from cintel.ingest.audio import SAMPLE_RATE
from cintel.speech import transcribe
from cintel.speech.clips import Clip
from cintel.speech.lanes import Lanes
from cintel.speech.transcribe import Track, Transcriber
from cintel.speech.whisper import Encoded, Guess


def _guess(*words: Word, repetition: float = 1.5, no_speech: float = 0.1) -> Guess:
    return Guess(words, -1.5 if no_speech > 0.5 else -0.2, no_speech, repetition)


class ListedWhisper:
    """Hears what stands in a list, by the length of the clip in seconds."""

    def __init__(self, heard: dict[int, Guess]) -> None:
        self.heard = heard
        self.clips: list[int] = []

    def encode(self, sounds: Sequence[np.ndarray]) -> Encoded:
        return Encoded(tuple(round(len(sound) / SAMPLE_RATE) for sound in sounds), None)

    def language(self, encoded: Encoded) -> tuple[str, float]:
        return "cy", 0.75

    def decode(self, encoded: Encoded, language: str) -> list[Guess]:
        self.clips += encoded.frames
        return [self.heard.get(seconds, _guess()) for seconds in encoded.frames]


def _transcriber(heard: dict[int, Guess]) -> Transcriber:
    transcriber = object.__new__(Transcriber)
    transcriber._lanes = Lanes(2)
    transcriber._batch = 8
    transcriber._whisper = ListedWhisper(heard)  # type: ignore[assignment]
    return transcriber


def _sound(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def _words(count: int) -> list[Word]:
    return [Word(f"w{n}", float(n), n + 0.9, 0.9) for n in range(count)]


def test_the_language_is_read_off_the_first_clips() -> None:
    found = _transcriber({5: _guess(*_words(5))}).transcribe([Track(_sound(5), ((0.0, 5.0),))])[0]
    assert (found.language, found.language_probability) == ("cy", 0.75)
    assert [word.text for word in found.words] == ["w0", "w1", "w2", "w3", "w4"]


def test_channels_share_the_work_and_keep_their_words() -> None:
    transcriber = _transcriber({5: _guess(*_words(5)), 3: _guess(*_words(3))})
    tracks = [Track(_sound(5), ((0.0, 5.0),)), Track(_sound(9), ()), Track(_sound(3), ((0, 3.0),))]
    found = transcriber.transcribe(tracks)
    assert [len(transcript.words) for transcript in found] == [5, 0, 3]
    assert {transcript.language for transcript in found} == {"cy"}


def test_without_speech_nothing_is_decoded() -> None:
    found = _transcriber({}).transcribe([Track(_sound(5), ())])[0]
    assert (found.words, found.language) == ((), "und")


def test_a_clip_that_loops_is_heard_again_in_parts() -> None:
    looping = _guess(*_words(20), repetition=3.0)
    part = _guess(*_words(7))
    transcriber = _transcriber({20: looping, 7: part})
    found = transcriber.transcribe([Track(_sound(20), ((0.0, 20.0),))], "en")[0]
    assert [word.start for word in found.words[6:8]] == pytest.approx([6.0, 20 / 3], abs=1e-3)
    assert len(found.words) == 21


def test_a_clip_that_loops_twice_gives_no_words() -> None:
    looping = _guess(*_words(20), repetition=3.0)
    transcriber = _transcriber({20: looping, 7: _guess(*_words(7), repetition=3.0)})
    assert transcriber.transcribe([Track(_sound(20), ((0.0, 20.0),))], "en")[0].words == ()


def test_speech_without_words_is_heard_again_and_the_fuller_text_kept() -> None:
    short = _guess(*_words(3))
    transcriber = _transcriber({20: short, 7: _guess(*_words(7))})
    assert len(transcriber.transcribe([Track(_sound(20), ((0.0, 20.0),))], "en")[0].words) == 21
    transcriber = _transcriber({20: short})
    assert len(transcriber.transcribe([Track(_sound(20), ((0.0, 20.0),))], "en")[0].words) == 3


def test_progress_is_counted_in_clips() -> None:
    steps: list[tuple[str, int, int]] = []
    _transcriber({20: _guess(*_words(20))}).transcribe(
        [Track(_sound(60), ((0.0, 60.0),))], "en", lambda *step: steps.append(step)
    )
    assert steps[-1] == ("transcription", 3, 3)


def test_text_is_invented_when_both_say_so() -> None:
    assert transcribe._invented(Guess((), -1.1, 0.7, 1.5))
    assert not transcribe._invented(Guess((), -0.5, 0.7, 1.5))
    assert not transcribe._invented(Guess((), -1.5, 0.1, 1.5))


def test_a_word_stretched_over_a_hole_does_not_fill_it() -> None:
    clip = Clip(((0.0, 6.0),), ((0.0, 6.0),))
    assert transcribe._missed(clip, _guess(Word("a", 0.0, 3.0), Word("b", 3.0, 6.0)))
    whole = [Word("a", 0.0, 1.0), Word("b", 2.0, 3.0), Word("c", 3.8, 4.8)]
    assert not transcribe._missed(clip, _guess(*whole))


def test_words_are_cut_to_the_speech_they_stand_in() -> None:
    clip = Clip(((1.0, 2.0),), ((0.0, 5.0),))
    guess = _guess(Word("a", 0.0, 1.4), Word("b", 1.8, 2.5), Word("invented", 4.0, 4.5))
    kept = list(transcribe._words(clip, guess))
    assert kept == [Word("a", 1.0, 1.4), Word("b", 1.8, 2.0)]
