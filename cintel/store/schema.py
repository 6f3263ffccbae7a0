"""The tables of the store, the same on SQLite and PostgreSQL.

A conversation is one row tree: ``conversations`` → ``turns``, ``evaluations`` → ``answers``.
``overrides`` hang on the conversation and name the answer they overrule by scorecard, version
and question, so that replacing an analysis never loses what a reviewer said.

Times inside a conversation are seconds; ``created_at`` is ISO 8601 in UTC; ``day`` is the
calendar day of ``started_at`` as it is written there.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

REVISION = "0010"
"""The newest revision in ``migrations/versions``."""


class Base(DeclarativeBase):
    """Python types to column types, once for all tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain dict here
        str: String,
        float: Double,
        int: Integer,
        bytes: LargeBinary,
        date: Date,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def _conversation() -> Any:
    return mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))


class ConversationRow(Base):
    """One conversation: what it is, what came out, and the figures pages sort and filter by."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_hashes", "content_hash", "settings_hash"),
        Index("ix_conversations_day", "day"),
        Index("ix_conversations_agent_id", "agent_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    settings_hash: Mapped[str]
    channel: Mapped[str]
    source: Mapped[str]
    duration: Mapped[float]
    started_at: Mapped[str | None]
    day: Mapped[date | None]
    language: Mapped[str | None]
    agent_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    queue: Mapped[str | None]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")

    intent: Mapped[str | None]
    intent_score: Mapped[float | None]
    intent_turn: Mapped[int | None]
    summary_reason: Mapped[str | None] = mapped_column(Text)
    summary_outcome: Mapped[str | None] = mapped_column(Text)
    summary_actions: Mapped[list[Any]]
    summary_text: Mapped[str] = mapped_column(Text)
    summary_reason_turns: Mapped[list[Any]] = mapped_column(server_default="[]")
    summary_outcome_turns: Mapped[list[Any]] = mapped_column(server_default="[]")
    summary_resolved: Mapped[bool | None]
    summary_source: Mapped[str] = mapped_column(server_default="extractive")
    summary_note: Mapped[str | None] = mapped_column(Text)

    frustration: Mapped[float | None]
    frustration_peak: Mapped[float | None]
    frustration_peak_turn: Mapped[int | None]
    frustration_end: Mapped[float | None]
    frustration_trend: Mapped[float | None]
    frustration_reason: Mapped[str | None]
    csat: Mapped[float | None]
    csat_confidence: Mapped[float | None]
    csat_reason: Mapped[str | None]
    csat_resolved: Mapped[float | None]
    csat_pulls: Mapped[list[Any]] = mapped_column(server_default="[]")

    talk_ratio: Mapped[float | None]
    interactivity: Mapped[float | None]
    silence_share: Mapped[float]
    dead_air_total: Mapped[float]
    dead_air_longest: Mapped[float]
    hold_total: Mapped[float]
    overtalk_share: Mapped[float]
    overtalk_agent_rate: Mapped[float | None]
    agent_interruptions: Mapped[int]
    agent_speech_rate: Mapped[float | None]
    agent_response_median: Mapped[float | None]
    agent_first_response: Mapped[float | None]
    agent_sentiment: Mapped[float | None]
    customer_sentiment: Mapped[float | None]
    customer_sentiment_trend: Mapped[float | None]

    metrics: Mapped[dict[str, Any]]
    acoustics: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any]]
    created_at: Mapped[str]


class TurnRow(Base):
    """One turn with its labels; sentiment scores are −1…1, all others 0…1."""

    __tablename__ = "turns"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str]
    speaker: Mapped[str]
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str] = mapped_column(Text)
    sentiment: Mapped[str | None]
    sentiment_score: Mapped[float | None]
    emotion: Mapped[str | None]
    emotion_score: Mapped[float | None]
    act: Mapped[str | None]
    act_score: Mapped[float | None]
    frustration: Mapped[float | None]
    words: Mapped[list[Any]]
    intents: Mapped[list[Any]]
    moves: Mapped[list[Any]] = mapped_column(server_default="[]")
    pii: Mapped[list[Any]]


class EvaluationRow(Base):
    """A conversation scored on one version of a scorecard; ``score`` is 0…100."""

    __tablename__ = "evaluations"
    __table_args__ = (UniqueConstraint("conversation_id", "scorecard", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = _conversation()
    position: Mapped[int]
    scorecard: Mapped[str]
    version: Mapped[str]
    score: Mapped[float | None]
    passed: Mapped[bool | None]
    auto_failed: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    tokens: Mapped[list[Any]] = mapped_column(server_default="[0, 0]")


class AnswerRow(Base):
    """The machine's answer to one question.

    ``answer`` is NULL for not applicable, and for unsure: then a reviewer may take ``suggested``.
    """

    __tablename__ = "answers"

    evaluation_id: Mapped[int] = mapped_column(
        ForeignKey("evaluations.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str]
    answer: Mapped[str | float | None] = mapped_column(JSON(none_as_null=True))
    points: Mapped[float]
    possible: Mapped[float]
    confidence: Mapped[float]
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[Any]]
    source: Mapped[str]
    unsure: Mapped[bool] = mapped_column(server_default=false())
    suggested: Mapped[str | float | None] = mapped_column(JSON(none_as_null=True))
    fingerprint: Mapped[str | None]


class OverrideRow(Base):
    """A reviewer's answer beside the machine's; the one with the highest id is the latest."""

    __tablename__ = "overrides"
    __table_args__ = (
        Index("ix_overrides_answer", "conversation_id", "scorecard", "version", "question", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = _conversation()
    scorecard: Mapped[str]
    version: Mapped[str]
    question: Mapped[str]
    reviewer: Mapped[str]
    answer: Mapped[str | float | None] = mapped_column(JSON(none_as_null=True))
    points: Mapped[float | None]
    comment: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str]


class ScorecardRow(Base):
    """The text of one version of a scorecard, for evaluations to be explained by for ever.

    ``published_at`` is NULL for a version that only came along with an evaluation.
    """

    __tablename__ = "scorecards"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str]
    published_at: Mapped[str | None]
    published_by: Mapped[str | None]


class ScorecardDraftRow(Base):
    """A scorecard on the way to its next version; ``revision`` counts how often it was saved.

    ``content`` are the plain values of its file, mistakes and all.
    """

    __tablename__ = "scorecard_drafts"

    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    revision: Mapped[int]
    based_on: Mapped[str | None]
    saved_by: Mapped[str]
    saved_at: Mapped[str]


class TopicRow(Base):
    """What many customers call about; ``centroid`` is a unit vector of float16 numbers."""

    __tablename__ = "topics"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    centroid: Mapped[bytes]
    encoder: Mapped[str]
    created_at: Mapped[str]


class TopicMemberRow(Base):
    """A turn that says what its conversation is about; ``topic_id`` is NULL for no topic (yet).

    It goes with its turn, so that nothing of a text stays after the text was deleted or redacted.
    """

    __tablename__ = "topic_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "turn"],
            ["turns.conversation_id", "turns.index"],
            ondelete="CASCADE",
        ),
        Index("ix_topic_members_topic_id", "topic_id"),
    )

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic_id: Mapped[str | None] = mapped_column(ForeignKey("topics.id", ondelete="SET NULL"))
    similarity: Mapped[float | None]
    encoder: Mapped[str]
    vector: Mapped[bytes]


class UnitVectorsRow(Base):
    """The vectors of a conversation's units, laid out as in ``cintel.conversation.UnitVectors``.

    They go with the conversation, and with the words when those are replaced.
    """

    __tablename__ = "unit_vectors"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    encoder: Mapped[str]
    texts: Mapped[str]
    data: Mapped[bytes]
