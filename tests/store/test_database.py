from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from cintel.conversation import Analysis
from cintel.errors import StoreError
from cintel.store import Store
from cintel.store.database import parse_url

Make = Callable[..., Analysis]
WithoutRights = Callable[[], AbstractContextManager[None]]


@pytest.mark.parametrize(
    ("url", "driver", "database"),
    [
        ("cintel.db", "sqlite", "cintel.db"),
        ("/data/a b.db", "sqlite", "/data/a b.db"),
        ("sqlite:///cintel.db", "sqlite", "cintel.db"),
        ("postgresql://u:p@h:1/d", "postgresql+psycopg", "d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg", "d"),
    ],
)
def test_forms_of_a_url(url: str, driver: str, database: str) -> None:
    parsed = parse_url(url)
    assert (parsed.drivername, parsed.database) == (driver, database)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("://", "is not a database URL"),
        ("mysql://host/db", "names a mysql database, which is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_cannot_work(url: str, fault: str) -> None:
    with pytest.raises(StoreError, match=fault) as caught:
        Store(url)
    assert "sqlite:///cintel.db" in caught.value.remedy


def test_missing_folders_are_made(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "a" / "b 20" / "store.db"
    with Store(path) as store:
        store.save(make("one"))
        assert store.where == str(path)
    with Store(f"sqlite:///{path}") as store:
        assert store.ids() == ["one"]


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path)


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be created"):
        Store(tmp_path / "file" / "store.db")


def test_another_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("these are notes, and long enough to be looked at by anyone " * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.db: is a file, but not a database"):
        Store(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["notes.db"]


def test_sqlite_writes_ahead_and_guards_its_keys(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store, store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30000


def test_a_locked_sqlite_store(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "s.db"
    with Store(path, timeout=0.1) as store:
        store.save(make("before"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"s\.db: is locked by another program\. Let it"):
            store.save(make("during"))
        assert store.ids() == ["before"]
        other.execute("ROLLBACK")
        other.close()
        store.save(make("after"))
        assert store.ids() == ["after", "before"]


def test_a_locked_store_cannot_be_created(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="is locked"):
        Store(path, timeout=0.1)
    other.close()
    Store(path).close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_locked_postgresql_row(url: str, make: Make) -> None:
    with Store(url, timeout=0.1) as store:
        store.save(make("a"))
        with psycopg.connect(url) as other:
            other.execute("SELECT 1 FROM conversations WHERE id = 'a' FOR UPDATE")
            with pytest.raises(StoreError, match="is locked by another program"):
                store.save(make("a"))


def test_a_postgresql_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        Store(f"postgresql://me:secret@/db?host={tmp_path}")
    assert "secret" not in str(caught.value)


def test_a_missing_driver_names_the_pip_line() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from cintel.store import Store\n"
        "from cintel.errors import StoreError\n"
        "try:\n    Store('postgresql://h/d')\nexcept StoreError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "cintel[postgres]"' in done.stdout


@pytest.fixture
def shelf(make: Make) -> Iterator[Path]:
    """A folder with a store, which any account may reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Store(folder / "s.db") as store:
            store.save(make("kept"))
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o755), (0o666, 0o555)])
def test_a_read_only_store_can_be_read(
    shelf: Path, make: Make, without_rights: WithoutRights, file_mode: int, folder_mode: int
) -> None:
    (shelf / "s.db").chmod(file_mode)
    shelf.chmod(folder_mode)
    with without_rights(), Store(shelf / "s.db") as store:
        assert store.load("kept") == make("kept")
        with pytest.raises(StoreError, match=r"s\.db: is read-only\. Make the file"):
            store.save(make("new"))
        assert store.ids() == ["kept"]
    assert [item.name for item in shelf.iterdir()] == ["s.db"]


def test_a_read_only_store_that_another_program_writes(
    shelf: Path, make: Make, without_rights: WithoutRights
) -> None:
    with Store(shelf / "s.db") as writer:
        writer.save(make("newer"))
        for item in shelf.iterdir():
            item.chmod(0o444)
        shelf.chmod(0o555)
        with without_rights(), Store(shelf / "s.db") as store:
            assert store.ids() == ["kept", "newer"]
        writer.save(make("newest"))
        with without_rights(), Store(shelf / "s.db") as store:
            assert store.ids() == ["kept", "newer", "newest"]


def test_a_folder_that_takes_no_store(shelf: Path, without_rights: WithoutRights) -> None:
    shelf.chmod(0o555)
    with without_rights():
        with pytest.raises(StoreError, match=r"other\.db: cannot be opened\. Check"):
            Store(shelf / "other.db")
        with pytest.raises(StoreError, match="cannot be created \\(Permission denied"):
            Store(shelf / "deeper" / "other.db")


def test_searches_know_letters_beyond_ascii(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store, store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT lower('ÄÉΩ'), lower(NULL)").one() == ("äéω", None)
