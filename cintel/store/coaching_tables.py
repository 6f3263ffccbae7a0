"""The tables of coaching notes; all others are in ``cintel.store.schema``."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from cintel.store.schema import Base

_OPEN = text("NOT closed")


class NoteRow(Base):
    """What somebody asks an agent to do better on one question; one open note a question."""

    __tablename__ = "coaching_notes"
    __table_args__ = (
        Index(
            "ix_coaching_notes_open", "agent_id", "scorecard", "question", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[str]
    scorecard: Mapped[str]
    version: Mapped[str]
    question: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str]
    created_at: Mapped[str]
    due: Mapped[date]
    closed: Mapped[bool] = mapped_column(server_default=false())


class NoteClipRow(Base):
    """A moment to listen to, in seconds; without text, so that it tells no more than the call."""

    __tablename__ = "coaching_clips"

    note: Mapped[int] = mapped_column(
        ForeignKey("coaching_notes.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    kind: Mapped[str]
    start: Mapped[float | None]
    end: Mapped[float | None]


class NoteEventRow(Base):
    """What became of a note: ``acknowledged`` or ``closed``, each once, never altered."""

    __tablename__ = "coaching_events"

    note: Mapped[int] = mapped_column(
        ForeignKey("coaching_notes.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str]
