from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, text

from cintel.conversation import Action, Analysis, Summary
from cintel.errors import StoreError
from cintel.serial import to_dict
from cintel.store import Store, calibration_tables
from cintel.store.database import Database
from cintel.store.rows import Row, conversation_row, evaluation_rows, turn_rows
from cintel.store.schema import REVISION, Base
from cintel.store.upgrade import current_revision


def test_migrations_end_at_the_tables_of_the_schema(store: Store) -> None:
    assert calibration_tables.CalibrationRow.metadata is Base.metadata
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert current_revision(connection) == REVISION


def test_the_newest_script_is_the_revision_of_the_schema() -> None:
    config = Config()
    config.set_main_option("script_location", "cintel.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.touch()
    with Store(path) as store:
        assert store.ids() == []


def test_a_store_from_before_summaries_named_their_turns(tmp_path: Path, rich: Analysis) -> None:
    path = tmp_path / "old.db"
    database, config = Database(path, 30.0), Config()
    config.set_main_option("script_location", "cintel.store:migrations")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        conversations = Table("conversations", MetaData(), autoload_with=connection)
        row = conversation_row(to_dict(rich)) | {"summary_actions": ["send a new card"]}
        known = {name: value for name, value in row.items() if name in conversations.c}
        connection.execute(conversations.insert().values(known))
    database.close()
    with Store(path) as store:
        assert store.load(rich.id).summary == Summary(
            rich.summary.reason, rich.summary.outcome, (Action("send a new card"),),
            rich.summary.text,
        )  # fmt: skip


def test_a_store_from_before_answers_could_be_unsure(tmp_path: Path, rich: Analysis) -> None:
    path, value = tmp_path / "old.db", to_dict(rich)
    database, config = Database(path, 30.0), Config()
    config.set_main_option("script_location", "cintel.store:migrations")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")

        def insert(name: str, row: Row) -> None:
            table = Table(name, MetaData(), autoload_with=connection)
            known = {key: item for key, item in row.items() if key in table.c}
            connection.execute(table.insert().values(known))

        insert("conversations", conversation_row(value))
        for turn in turn_rows(value):
            insert("turns", turn)
        for number, (evaluation, answers) in enumerate(evaluation_rows(value)):
            insert("evaluations", evaluation | {"id": number})
            for answer in answers:
                insert("answers", answer | {"evaluation_id": number})
    database.close()
    with Store(path) as store:
        assert [item.tokens for item in store.load(rich.id).evaluations] == [
            (0, 0) for _ in rich.evaluations
        ]
        assert [answer for item in store.load(rich.id).evaluations for answer in item.answers] == [
            replace(answer, unsure=False, suggested=None, fingerprint=None)
            for item in rich.evaluations
            for answer in item.answers
        ]


def test_a_store_of_a_newer_version_is_left_alone(url: str) -> None:
    with Store(url) as store, store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="was written by a newer cintel \\(schema 9999") as caught:
        Store(url)
    assert "pip install --upgrade cintel" in caught.value.remedy
