"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("settings_hash", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("intent_score", sa.Double(), nullable=True),
        sa.Column("intent_turn", sa.Integer(), nullable=True),
        sa.Column("summary_reason", sa.Text(), nullable=True),
        sa.Column("summary_outcome", sa.Text(), nullable=True),
        sa.Column("summary_actions", sa.JSON(), nullable=False),
        sa.Column("summary_text", sa.Text(), nullable=False),
        sa.Column("frustration", sa.Double(), nullable=True),
        sa.Column("frustration_peak", sa.Double(), nullable=True),
        sa.Column("frustration_peak_turn", sa.Integer(), nullable=True),
        sa.Column("frustration_end", sa.Double(), nullable=True),
        sa.Column("frustration_trend", sa.Double(), nullable=True),
        sa.Column("frustration_reason", sa.String(), nullable=True),
        sa.Column("csat", sa.Double(), nullable=True),
        sa.Column("csat_confidence", sa.Double(), nullable=True),
        sa.Column("csat_reason", sa.String(), nullable=True),
        sa.Column("talk_ratio", sa.Double(), nullable=True),
        sa.Column("interactivity", sa.Double(), nullable=True),
        sa.Column("silence_share", sa.Double(), nullable=False),
        sa.Column("dead_air_total", sa.Double(), nullable=False),
        sa.Column("dead_air_longest", sa.Double(), nullable=False),
        sa.Column("hold_total", sa.Double(), nullable=False),
        sa.Column("overtalk_share", sa.Double(), nullable=False),
        sa.Column("overtalk_agent_rate", sa.Double(), nullable=True),
        sa.Column("agent_interruptions", sa.Integer(), nullable=False),
        sa.Column("agent_speech_rate", sa.Double(), nullable=True),
        sa.Column("agent_response_median", sa.Double(), nullable=True),
        sa.Column("agent_first_response", sa.Double(), nullable=True),
        sa.Column("agent_sentiment", sa.Double(), nullable=True),
        sa.Column("customer_sentiment", sa.Double(), nullable=True),
        sa.Column("customer_sentiment_trend", sa.Double(), nullable=True),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("acoustics", sa.JSON(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_conversations_agent_id", "conversations", ["agent_id"], unique=False)
    op.create_index("ix_conversations_day", "conversations", ["day"], unique=False)
    op.create_index(
        "ix_conversations_hashes", "conversations", ["content_hash", "settings_hash"], unique=False
    )
    op.create_table(
        "scorecards",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version"),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scorecard", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("auto_failed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation_id", "scorecard", "version"),
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("scorecard", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_overrides_answer",
        "overrides",
        ["conversation_id", "scorecard", "version", "question", "id"],
        unique=False,
    )
    op.create_table(
        "turns",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sentiment", sa.String(), nullable=True),
        sa.Column("sentiment_score", sa.Double(), nullable=True),
        sa.Column("emotion", sa.String(), nullable=True),
        sa.Column("emotion_score", sa.Double(), nullable=True),
        sa.Column("act", sa.String(), nullable=True),
        sa.Column("act_score", sa.Double(), nullable=True),
        sa.Column("frustration", sa.Double(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("intents", sa.JSON(), nullable=False),
        sa.Column("pii", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "index"),
    )
    op.create_table(
        "answers",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("evaluation_id", "position"),
    )
    # ### end Alembic commands ###
