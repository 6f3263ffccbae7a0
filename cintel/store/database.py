"""One database behind one URL: opening, transactions, and errors that say what to do."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from cintel.errors import StoreError

_FORMS = "Write sqlite:///cintel.db, a file path, or postgresql://user:password@host/database"
_FAULTS = (
    (
        r"database is locked|lock timeout|database table is locked",
        "is locked by another program",
        "Let it finish or close it, then run this again",
    ),
    (
        r"readonly|read-only",
        "is read-only",
        "Make the file and its folder writable, or give another store with --store",
    ),
    (
        r"not a database|file is encrypted",
        "is a file, but not a database",
        "Give the path of a cintel store, or of a file that does not exist yet",
    ),
    (
        r"disk is full|No space left",
        "cannot be written, the disk is full",
        "Free some space, then run this again",
    ),
    (
        r"malformed",
        "is damaged",
        "Restore a copy, or remove the file and analyse the recordings again",
    ),
    (
        r"unable to open database file",
        "cannot be opened",
        "Check that you may read and write the file and its folder",
    ),
    (
        r"connection failed|could not connect|connection is bad|failed to resolve|server closed",
        "cannot be reached",
        "Check that the server runs and that host, database, user and password are right",
    ),
)


def parse_url(url: str | Path) -> URL:
    """A database URL, or a file path that stands for an SQLite file.

    Raises:
        StoreError: not a URL, or of a database other than SQLite and PostgreSQL.
    """
    text = str(url)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        parsed = make_url(text)
    except ArgumentError as error:
        raise StoreError(text, "is not a database URL", _FORMS) from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise StoreError(text, f"names a {kind} database, which is not supported", _FORMS)
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError(text, "names no file", _FORMS)
    return parsed


class Database:
    """An engine with two doors: :meth:`read` and :meth:`write`, each one transaction.

    Args:
        url: see :func:`parse_url`.
        timeout: seconds to wait for a lock that another program holds.
    """

    def __init__(self, url: str | Path, timeout: float) -> None:
        parsed = parse_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.where = str(parsed.database if self.is_sqlite else parsed)
        self.timeout = timeout
        self.engine = self._sqlite(parsed) if self.is_sqlite else self._postgresql(parsed)
        event.listen(self.engine, "connect", self._on_connect)

    def _sqlite(self, url: URL) -> Engine:
        path = Path(self.where)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                path.parent,
                f"cannot be created ({error.strerror})",
                "Give a store in a folder you may write to",
            ) from error
        if path.is_dir():
            raise StoreError(path, "is a folder", "Give the path of a file")
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            open_it = partial(_open_read_only, path, self.timeout)
            engine = create_engine("sqlite://", creator=open_it, poolclass=NullPool)
        else:
            engine = create_engine(url, connect_args={"timeout": self.timeout})
        event.listen(engine, "begin", _begin)
        return engine

    def _postgresql(self, url: URL) -> Engine:
        arguments = {"connect_timeout": max(2, round(self.timeout))}
        try:
            return create_engine(url, connect_args=arguments, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise StoreError(
                self.where,
                "needs psycopg, which is not installed",
                'Install it with: pip install "cintel[postgres]"',
            ) from error

    def _on_connect(self, connection: Any, _record: object) -> None:
        if self.is_sqlite:
            # Transactions are begun by _begin: the driver would begin none before DDL.
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = ON")
            # What is replaced, perhaps by its redacted form, must not stay in freed pages.
            connection.execute("PRAGMA secure_delete = ON")
            # SQLite's own lower() knows ASCII only; searches must find ÄRGER by ärger.
            connection.create_function("lower", 1, _lower, deterministic=True)
        else:
            connection.execute(f"SET lock_timeout = {round(self.timeout * 1000)}")
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, whatever is saved meanwhile."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.faults(), self.engine.connect() as connection:
            yield connection.execution_options(**options)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose work is kept whole when the block ends, or not at all."""
        with self.faults(), self.engine.connect() as connection:
            writer = connection.execution_options(cintel_write=True)
            with writer.begin():
                yield writer

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Database errors inside the block become a :class:`StoreError` with a remedy."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            text = " ".join(str(cause).split())
            for pattern, fault, remedy in _FAULTS:
                if re.search(pattern, text):
                    raise StoreError(self.where, fault, remedy) from error
            raise StoreError(self.where, f"the database refused: {text}") from error

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _open_read_only(path: Path, timeout: float) -> sqlite3.Connection:
    # Without a -wal beside it nobody is writing, and SQLite, which may not create one in a
    # read-only folder, must be told so or it refuses to open the file.
    still = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    uri = f"file:{quote(str(path.resolve()))}?mode=ro{still}"
    return sqlite3.connect(uri, uri=True, timeout=timeout, check_same_thread=False)


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("cintel_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()
