"""What may be kept of a conversation: its text, its recording, both or all of it as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cintel.conversation import Conversation, PiiSpan
from cintel.ingest.audio import Recording
from cintel.language.redact import hidden_stretches, redact_conversation
from cintel.settings import Settings


def keep(
    conversation: Conversation,
    personal: Sequence[tuple[PiiSpan, ...]],
    settings: Settings,
    recording: Recording | None,
) -> tuple[Conversation, tuple[tuple[PiiSpan, ...], ...]]:
    """The conversation as ``settings.redact`` lets it be kept, and its personal data in that form.

    For sound, a copy of the recording with a tone over personal data is written to
    ``settings.redacted``, named by the conversation's id, and becomes the conversation's source.

    Args:
        conversation: with roles and words.
        personal: the personal data of each turn.
        settings: what to redact, and the folder of the copies.
        recording: what it was heard from; None for text.

    Raises:
        UsageError: the copy cannot be written.
    """
    if settings.redact in ("audio", "both") and recording is not None:
        from cintel.speech.tone import write_covered

        copy = settings.redacted / f"{conversation.id}.mp3"
        write_covered(recording, hidden_stretches(conversation, personal), copy)
        conversation = replace(conversation, source=str(copy))
    if settings.redact in ("text", "both"):
        return redact_conversation(conversation, personal)
    return conversation, tuple(personal)
