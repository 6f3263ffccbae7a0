"""Bring a database to the newest revision of the schema with Alembic."""

from __future__ import annotations

import sqlite3
import time

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, table, text
from sqlalchemy.sql import column

from cintel.errors import StoreError
from cintel.store.database import Database
from cintel.store.schema import REVISION

_VERSION = table("alembic_version", column("version_num"))
_LOCK = 0x63696E74
"""Key of the PostgreSQL advisory lock that lets one program upgrade at a time."""


def upgrade(database: Database) -> None:
    """Create the tables, or alter those of an older version; nothing where they are current.

    Raises:
        StoreError: the store is of a newer version, read-only while it needs an upgrade,
            locked, or not a database.
    """
    with database.read() as connection:
        current = current_revision(connection)
    if current == REVISION:
        return
    config = Config()
    config.set_main_option("script_location", "cintel.store:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            database.where,
            f"was written by a newer cintel (schema {current}, this one knows {REVISION})",
            "Upgrade with: pip install --upgrade cintel, or give another store with --store",
        )
    if database.is_sqlite:
        _use_wal(database)
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_revision(connection: Connection) -> str | None:
    """The revision a database is at, None where it has no cintel tables."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar()


def _use_wal(database: Database) -> None:
    """Turn on write-ahead logging; the setting stays with the file."""
    deadline = time.monotonic() + database.timeout
    with database.faults(), database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        while True:
            try:
                driver.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # SQLite does not apply its busy timeout to this statement.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
