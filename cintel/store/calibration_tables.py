"""The tables of calibration sessions; all others are in ``cintel.store.schema``."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from cintel.store.schema import Base


class CalibrationRow(Base):
    """A conversation that several people score blind; ``ended_at`` is NULL until all have."""

    __tablename__ = "calibrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    scorecard: Mapped[str]
    version: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[str]
    ended_at: Mapped[str | None]


class CalibrationScorerRow(Base):
    """Somebody asked to a calibration session; ``done_at`` is NULL until they scored."""

    __tablename__ = "calibration_scorers"

    session: Mapped[int] = mapped_column(
        ForeignKey("calibrations.id", ondelete="CASCADE"), primary_key=True
    )
    scorer: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[str | None]


class CalibrationAnswerRow(Base):
    """One scorer's blind answer to one question; NULL is not applicable."""

    __tablename__ = "calibration_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session", "scorer"],
            ["calibration_scorers.session", "calibration_scorers.scorer"],
            ondelete="CASCADE",
        ),
    )

    session: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scorer: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str | float | None] = mapped_column(JSON(none_as_null=True))
    comment: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str]
