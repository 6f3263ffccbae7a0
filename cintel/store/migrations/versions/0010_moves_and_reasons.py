"""Moves of turns, the chance that a matter was resolved, and what moved the satisfaction.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; older rows have none of them."""
    op.add_column("conversations", sa.Column("csat_resolved", sa.Double(), nullable=True))
    pulls = sa.Column("csat_pulls", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("conversations", pulls)
    moves = sa.Column("moves", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("turns", moves)
