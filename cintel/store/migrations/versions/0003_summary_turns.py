"""The turns that a summary rests on, how it ended, and who wrote it.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; older rows rest on no turn that is known."""
    for column in (
        sa.Column("summary_reason_turns", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("summary_outcome_turns", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("summary_resolved", sa.Boolean(), nullable=True),
        sa.Column("summary_source", sa.String(), nullable=False, server_default="extractive"),
        sa.Column("summary_note", sa.Text(), nullable=True),
    ):
        op.add_column("conversations", column)
