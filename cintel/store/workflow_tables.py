"""The tables of reviews of whole evaluations; all others are in ``cintel.store.schema``."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from cintel.store.schema import Base


class ReviewRow(Base):
    """The review of one evaluation as it stands; ``revision`` counts its events.

    It names the evaluation as overrides do, so that a new analysis never loses it. ``score``,
    0…100, ``passed`` and ``auto_failed`` are those last shared or decided.
    """

    __tablename__ = "reviews"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    scorecard: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    reviewer: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int]
    deadline: Mapped[date | None]
    score: Mapped[float | None]
    passed: Mapped[bool | None]
    auto_failed: Mapped[bool] = mapped_column(server_default=false())
    appealed_by: Mapped[str | None]
    created_at: Mapped[str]


class ReviewEventRow(Base):
    """One step of a review, never altered: who did what when, and the state it led to.

    ``moment`` (seconds) and ``turn`` place a comment; ``detail`` has what belongs to the kind of
    step: the answer given, or the score with every answer as it was shared or decided.
    """

    __tablename__ = "review_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "scorecard", "version"],
            ["reviews.conversation_id", "reviews.scorecard", "reviews.version"],
            ondelete="CASCADE",
        ),
    )

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    scorecard: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    state: Mapped[str]
    who: Mapped[str]
    at: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    moment: Mapped[float | None]
    turn: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
