"""Drafts of scorecards, and which versions were published, when and by whom.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and add the columns; no older version counts as published."""
    op.create_table(
        "scorecard_drafts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.String(), nullable=True),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("scorecards", sa.Column("published_at", sa.String(), nullable=True))
    op.add_column("scorecards", sa.Column("published_by", sa.String(), nullable=True))
