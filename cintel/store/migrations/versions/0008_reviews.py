"""Reviews of whole evaluations: their state, and every step that led to it.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    key = ("conversation_id", "scorecard", "version")
    op.create_table(
        "reviews",
        *(sa.Column(name, sa.String(), nullable=False) for name in key),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("auto_failed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("appealed_by", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key),
    )
    op.create_table(
        "review_events",
        *(sa.Column(name, sa.String(), nullable=False) for name in key),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("moment", sa.Double(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint([*key], [f"reviews.{name}" for name in key], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key, "revision"),
    )
