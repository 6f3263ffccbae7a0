"""The one room that knows every stage: a file in, an :class:`Analysis` out.

A conversation is read once and walks up: sound to turns, turns to labels, labels to figures and
answers. Every model loads on first use and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cintel import __version__, models
from cintel.conversation import (
    Acoustics,
    Analysis,
    Conversation,
    Evaluation,
    Labels,
    Metrics,
    Provenance,
    Role,
    UnitVectors,
)
from cintel.errors import AudioError, CintelError, InputError, SettingsError
from cintel.ingest import metadata
from cintel.ingest.audio import Recording, read_audio
from cintel.ingest.chats import read_chats
from cintel.ingest.transcripts import is_text_input, is_transcript, read_transcript
from cintel.runtime import Hook, pick_device, timed
from cintel.settings import Settings, load_settings

if TYPE_CHECKING:
    from cintel.language.pii_talk import Tagger
    from cintel.language.read import Reader
    from cintel.quality import LlmJudge, Scorecard
    from cintel.speech.listen import Listener
    from cintel.speech.voiceprints import Voiceprints

OnError = Callable[[Path, CintelError], None]


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which bytes and which settings an analysis comes from."""

    content_hash: str
    settings_hash: str


class Analyzer:
    """Analyses recordings, chats and transcripts.

    Args:
        settings: all settings at once; None takes them from the usual sources.
        arguments: single settings by name, e.g. ``device="cpu"``, over those sources.

    Each stage (``listener``, ``reader``, ``tagger``, ``scorecard``) loads on first use; assign
    another one before that to replace it, as ``cintel.testing`` does.

    Raises:
        SettingsError: a setting cannot work, or both kinds of argument are given.
    """

    def __init__(self, settings: Settings | None = None, **arguments: Any) -> None:
        if settings is not None and arguments:
            raise SettingsError(
                ", ".join(arguments), "is given beside settings", "Put it into the settings"
            )
        self.settings = settings or load_settings(**arguments)

    @cached_property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return pick_device(self.settings.device)

    @cached_property
    def listener(self) -> Listener:
        """The speech models."""
        from cintel.speech.listen import Listener

        s = self.settings
        return Listener(s.asr, self.device, s.threads, s.hotwords, s.diarizer, s.vram)

    @cached_property
    def reader(self) -> Reader:
        """The language models."""
        from cintel.language.read import Reader

        return Reader(self.settings, self.device)

    @cached_property
    def tagger(self) -> Tagger:
        """What marks names and addresses."""
        from cintel.language.rampart import Rampart

        return Rampart(models.resolve("rampart"), self.settings.threads)

    @cached_property
    def scorecard(self) -> Scorecard:
        """The scorecard that every conversation is scored on."""
        from cintel.quality.published import find_scorecard

        return find_scorecard(self.settings.scorecard, self.settings.store)

    @cached_property
    def llm_judge(self) -> LlmJudge | None:
        """What asks the language model; None: its questions are left to a person."""
        from cintel.quality import LlmJudge

        model = self.reader.llm
        return LlmJudge(model, self.settings.llm_hide) if model else None

    @cached_property
    def voices(self) -> Voiceprints | None:
        """The voices of agents who were enrolled; None: nobody is recognised."""
        from cintel.speech.voiceprints import load

        return load(self.settings.voices) if self.settings.voices else None

    @cached_property
    def weights(self) -> dict[str, str]:
        """sha256 of every weight in use, by name; a folder of the user's own has none."""
        from cintel.language.heads import fingerprint

        names = (self.settings.asr, "segmentation-3.0", "campplus", "minilm", "rampart")
        known = models.registry()
        hashes = {name: known[name].sha256 if name in known else "" for name in names}
        hashes |= {"voices": self.voices.fingerprint} if self.voices else {}
        hashes |= {"intents": metadata.content_hash(own)} if (own := self.settings.intents) else {}
        return hashes | {"heads": fingerprint()}

    def digest(self, facts: metadata.Metadata) -> str:
        """The settings hash of one input: all that, beside its bytes, decides its analysis."""
        return self.settings.digest(
            __version__, self.scorecard.version, *sorted(self.weights.values()), repr(facts)
        )

    def analyze(
        self, source: str | Path | bytes | Recording | Conversation, hook: Hook | None = None
    ) -> Analysis:
        """Analyse one conversation.

        Args:
            source: a path, the bytes of a recording, a Recording, or a Conversation.
            hook: ``hook(step, completed, total)``.

        Raises:
            InputError: it cannot be read, or the file holds several conversations.
        """
        if isinstance(source, (str, Path)):
            found = self.analyze_file(Path(source), hook)
            if len(found) > 1:
                raise InputError(
                    str(source), f"holds {len(found)} conversations", "Use analyze_many"
                )
            return found[0]
        if isinstance(source, Conversation):
            origin = _Origin(source.id, self.digest(metadata.Metadata()))
            return self._conclude(source, Acoustics(), origin, {})
        recording = source if isinstance(source, Recording) else read_audio(source)
        return self._hear(recording, metadata.Metadata(), hook)

    def analyze_file(self, path: Path, hook: Hook | None = None) -> list[Analysis]:
        """All conversations of one file: one of a recording, any number of a chat log."""
        facts = metadata.read_metadata(path, self.settings.metadata_pattern)
        if not is_text_input(path):
            return [self._hear(read_audio(path), facts, hook)]
        found = [read_transcript(path)] if is_transcript(path) else read_chats(path)
        origin = _Origin(metadata.content_hash(path), self.digest(facts))
        return [
            self._conclude(metadata.apply(conversation, facts), Acoustics(), origin, {})
            for conversation in found
        ]

    def analyze_many(
        self,
        paths: Iterable[str | Path],
        on_progress: Hook | None = None,
        on_error: OnError | None = None,
    ) -> Iterator[Analysis]:
        """Analyse files one after the other; a bad one costs only itself.

        Args:
            paths: files.
            on_progress: ``hook(file name, files done, files)`` after each file.
            on_error: called with each file that fails; without it, one error names them all.

        Raises:
            InputError: files failed and there is no ``on_error``.
        """
        files = [Path(path) for path in paths]
        failed: list[CintelError] = []
        for number, path in enumerate(files, start=1):
            try:
                yield from self.analyze_file(path)
            except CintelError as error:
                failed.append(error)
                if on_error:
                    on_error(path, error)
            if on_progress:
                on_progress(path.name, number, len(files))
        if failed and not on_error:
            names = "; ".join(str(error) for error in failed)
            raise InputError(f"{len(failed)} of {len(files)} files", names)

    def label(self, texts: Sequence[str], role: Role = "unknown") -> list[Labels]:
        """Labels of single lines; ``role`` is who says them."""
        return self.reader.label(texts, [role] * len(texts))

    def _hear(self, recording: Recording, facts: metadata.Metadata, hook: Hook | None) -> Analysis:
        from cintel.speech.acoustics import measure_acoustics
        from cintel.speech.voices import recognise

        heard = self.listener.listen(
            recording, self.settings.language, self.settings.speakers, hook
        )
        if not heard.turns:
            fault = "holds no speech that can be transcribed"
            raise AudioError(recording.source, fault, "Listen to it")
        found = Conversation(
            id=metadata.conversation_id(recording.content_hash),
            channel="call",
            source=recording.source,
            duration=round(recording.duration, 3),
            turns=heard.turns,
            language=heard.language,
            metadata={**recording.metadata, "speaker_confidence": heard.speaker_confidence},
        )
        conversation = self._with_roles(metadata.apply(found, facts))
        if self.voices:
            conversation = recognise(conversation, recording, heard, self.voices, self.listener)
        seconds = dict(heard.seconds)
        with timed(seconds, "acoustics"):
            acoustics = measure_acoustics(recording, conversation.turns, heard.channels)
        origin = _Origin(recording.content_hash, self.digest(facts))
        return self._conclude(conversation, acoustics, origin, seconds, recording)

    def _with_roles(self, conversation: Conversation) -> Conversation:
        from cintel.speech.attribute import assign_roles

        if all(turn.role != "unknown" for turn in conversation.turns):
            return conversation
        turns, confidence = assign_roles(conversation.turns, self.reader.role_logits)
        facts = {**conversation.metadata, "role_confidence": round(confidence, 3)}
        return replace(conversation, turns=turns, metadata=facts)

    def _conclude(
        self,
        conversation: Conversation,
        acoustics: Acoustics,
        origin: _Origin,
        seconds: dict[str, float],
        recording: Recording | None = None,
    ) -> Analysis:
        """Everything that follows from the words, which from here on are redacted if asked for."""
        from cintel.insight import label_frustration, measure
        from cintel.language.pii_talk import conversation_pii
        from cintel.language.read import identify_language
        from cintel.redaction import keep

        conversation = self._with_roles(identify_language(conversation))
        with timed(seconds, "pii"):
            personal = conversation_pii(conversation, self.tagger)
            conversation, personal = keep(conversation, personal, self.settings, recording)
        with timed(seconds, "language"):
            said = self.reader.read(conversation, personal)
        with timed(seconds, "insight"):
            labels, frustration = label_frustration(
                conversation, said.labels, acoustics, said.reason
            )
            metrics = measure(conversation, labels, acoustics)
        with timed(seconds, "quality"):
            evaluation, vectors = self._score(conversation, labels, metrics)
        provenance = Provenance(
            __version__, self.weights, self.device, origin.content_hash, origin.settings_hash,
            {stage: round(value, 3) for stage, value in seconds.items()},
        )  # fmt: skip
        return Analysis(
            conversation, labels, said.intent, said.summary, metrics, acoustics, frustration,
            said.csat, (evaluation,), provenance, vectors,
        )  # fmt: skip

    def evaluate(self, analysis: Analysis) -> Evaluation:
        """Score an analysis on the scorecard of the settings, from its turns and labels."""
        a = analysis
        return self._score(a.conversation, a.labels, a.metrics, a.evaluations)[0]

    def _score(
        self, conversation: Conversation, labels: tuple[Labels, ...], metrics: Metrics,
        earlier: tuple[Evaluation, ...] = (),
    ) -> tuple[Evaluation, UnitVectors | None]:  # fmt: skip
        from cintel.quality import evaluate_case, lines_of, read_case

        card, encoder = self.scorecard, self.reader.encoder
        case = read_case(conversation, labels, metrics, encoder, encoder.fingerprint)
        found = evaluate_case(card, lines_of(card, encoder), case, self.llm_judge, earlier)
        return found, case.vectors
