"""Answers left to a person, what would have been answered, and what a language model cost.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every older answer is sure and no language model gave it."""
    for table, column in (
        ("answers", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("answers", sa.Column("suggested", sa.JSON(none_as_null=True), nullable=True)),
        ("answers", sa.Column("fingerprint", sa.String(), nullable=True)),
        ("evaluations", sa.Column("tokens", sa.JSON(), nullable=False, server_default="[0, 0]")),
    ):
        op.add_column(table, column)
