"""Which column of a chat log says what, and which side a label names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from cintel.conversation import Role
from cintel.errors import TranscriptError


@dataclass(frozen=True, slots=True)
class Columns:
    """Column names (CSV) or keys (JSON) of a chat log; None: guessed from common names."""

    time: str | None = None
    role: str | None = None
    speaker: str | None = None
    text: str | None = None
    conversation: str | None = None


COMMON_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("timestamp", "ts", "datetime", "date_time", "sent_at", "created_at", "time", "date"),
    "role": ("role", "sender_type", "sender_role", "author_type", "participant_role", "direction"),
    "speaker": ("sender", "from", "author", "speaker", "name", "sender_name", "user_name", "agent"),
    "text": ("message", "text", "body", "content", "message_text", "utterance"),
    "conversation": ("conversation_id", "chat_id", "session_id", "ticket_id", "conversation"),
}

_ROLE_WORDS: dict[Role, str] = {
    "system": "system ivr bot chatbot autoresponder notification",
    "agent": "agent advisor adviser rep representative support operator assistant service services "
    "care helpdesk team outbound outgoing",
    "customer": "customer client user visitor caller guest inbound incoming",
}


def resolve(found: Sequence[str], wanted: Columns, where: str) -> Columns:
    """Fill the columns that ``wanted`` leaves open from the names a file has.

    Raises:
        TranscriptError: a wanted column is not there, or no text or speaker column is.
    """
    by_name = {re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_"): name for name in found}
    chosen = wanted
    for item in fields(Columns):
        name = getattr(wanted, item.name)
        if name is not None and name not in found:
            raise _missing(f"{name!r}, mapped to {item.name},", item.name, found, where)
        if name is None:
            guess = next((by_name[key] for key in COMMON_NAMES[item.name] if key in by_name), None)
            chosen = replace(chosen, **{item.name: guess})
    if chosen.text is None:
        raise _missing("for the message text", "text", found, where)
    if chosen.speaker is None and chosen.role is None:
        raise _missing("for the speaker or role", "speaker", found, where)
    return chosen


def _missing(what: str, part: str, found: Sequence[str], where: str) -> TranscriptError:
    return TranscriptError(
        where,
        f"has no column {what} among: {', '.join(found) or 'none'}",
        f"Call it {', '.join(COMMON_NAMES[part][:4])} or, in Python, map it: Columns({part}=…)",
    )


@lru_cache(maxsize=4096)
def role_of(label: str) -> Role:
    """The side a role word, direction or speaker label names, as in ``Agent Priya``.

    A bot is the system; ``customer service`` is the agent.
    """
    words = frozenset(re.findall(r"[a-z]+", label.casefold()))
    return next((role for role in _ROLE_WORDS if words & set(_ROLE_WORDS[role].split())), "unknown")


def speaker_labels(candidates: Iterable[str]) -> frozenset[str]:
    """Which of the words before a colon name speakers, and not things like ``Note:``.

    A label counts when it holds a role word or comes back. A conversation has two sides, so
    where fewer than two labels count, all of them do.
    """
    seen = Counter(candidates)
    sure = frozenset(
        label for label, count in seen.items() if count > 1 or role_of(label) != "unknown"
    )
    return sure if len(sure) > 1 else frozenset(seen)
