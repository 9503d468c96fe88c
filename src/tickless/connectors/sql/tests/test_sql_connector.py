"""SQL from settings only: parameters are bound, questions cannot change anything, effects happen once."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.sql.text import for_psycopg, placeholders
from tickless.domain.errors import AuthFailed, OutsideError, Rejected, SettingsInvalid, Unreachable
from tickless.sdk import Call, Result
from tickless.sdk.registry import load_connector, make_instance
from tickless.sdk.secrets import Secrets

CONNECTOR = load_connector(Path(__file__).parents[1])
SETTINGS: dict[str, Any] = {
    "dialect": "sqlite",
    "queries": {
        "by-name": {"sql": "SELECT id FROM people WHERE name = :name"},
        "sneaky": {"sql": "DELETE FROM people"},
        "endless": {"sql": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"},
        "many": {"sql": "SELECT people.id FROM people, people AS again", "most_rows": 3},
    },
    "statements": {
        "rename": {
            "sql": "UPDATE people SET name = :name WHERE id = :id",
            "done_when": "SELECT name = :name FROM people WHERE id = :id",
        },
        "hire": {
            "sql": "INSERT INTO people VALUES (:id, :name)",
            "done_when": "SELECT count(*) FROM people WHERE id = :id",
            "undo": "dismiss",
        },
        "dismiss": {
            "sql": "DELETE FROM people WHERE id = :id",
            "done_when": "SELECT count(*) = 0 FROM people WHERE id = :id",
        },
        "missing-the-point": {"sql": "DELETE FROM people", "done_when": "SELECT 1 = 2"},
    },
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "people.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE people (id, name); INSERT INTO people VALUES (1, 'ada'), (2, 'bob')")
    return path


def people(path: Path) -> dict[int, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT id, name FROM people").fetchall())


def run(path: Path, operation: str, name: str, /, *, timeout: float = 5.0, **values: Any) -> Result:
    instance = make_instance("db", CONNECTOR, {**SETTINGS, "path": str(path)}, Secrets())
    found = CONNECTOR.operations[operation]
    params = {"query" if operation == "query" else "statement": name, "values": values}
    return found.run(Call(instance, "run:step", dt.datetime.now(dt.UTC), timeout), found.params.model_validate(params))


def test_values_are_bound_not_pasted(database: Path) -> None:
    assert run(database, "query", "by-name", name="' OR 1=1 --").output.model_dump()["count"] == 0
    run(database, "execute", "rename", id=1, name="x'; DROP TABLE people; --")
    assert people(database)[1] == "x'; DROP TABLE people; --"


def test_a_query_cannot_change_anything(database: Path) -> None:
    with pytest.raises(AuthFailed):
        run(database, "query", "sneaky")
    assert len(people(database)) == 2


def test_a_query_ends_at_its_time_out(database: Path) -> None:
    with pytest.raises(Unreachable, match="too long"):
        run(database, "query", "endless", timeout=0.2)


def test_rows_are_bounded(database: Path) -> None:
    assert run(database, "query", "many").output.model_dump()["count"] == 3


def test_a_statement_and_its_undo(database: Path) -> None:
    before = people(database)
    hired = run(database, "execute", "hire", id=3, name="cy")
    again = run(database, "execute", "hire", id=3, name="cy")
    assert (hired.changed, again.changed) == (True, False)
    assert people(database)[3] == "cy"
    assert hired.undo is not None
    run(database, "execute", hired.undo.with_["statement"], id=3)
    assert people(database) == before


def test_the_undo_of_a_statement_carries_only_what_it_takes(database: Path) -> None:
    hired = run(database, "execute", "hire", id=3, name="cy")
    assert hired.undo is not None
    assert hired.undo.with_ == {"statement": "dismiss", "values": {"id": 3}}


def test_a_locked_database_is_tried_again_later(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unreachable):
            run(database, "execute", "dismiss", timeout=0.2, id=1)
    assert run(database, "execute", "dismiss", id=1).changed


def test_a_statement_that_misses_its_point_is_rolled_back(database: Path) -> None:
    with pytest.raises(Rejected, match="rolled back"):
        run(database, "execute", "missing-the-point")
    assert len(people(database)) == 2


@pytest.mark.parametrize("values", [{}, {"id": 1}, {"id": 1, "name": "x", "more": 2}])
def test_values_must_fit(database: Path, values: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as refused:
        run(database, "execute", "rename", **values)
    assert "id, name" in refused.value.mend


def test_an_undo_that_is_not_there_is_refused_with_the_settings() -> None:
    statements = {"a": {"sql": "SELECT 1", "done_when": "SELECT 1", "undo": "nowhere"}}
    with pytest.raises(SettingsInvalid, match="nowhere"):
        make_instance("db", CONNECTOR, {"dialect": "sqlite", "path": "x", "statements": statements}, Secrets())


def test_a_database_that_is_not_there_is_an_outside_error(tmp_path: Path) -> None:
    with pytest.raises(OutsideError):
        run(tmp_path / "none.db", "query", "by-name", name="x")
    assert not (tmp_path / "none.db").exists()


def test_placeholders_are_not_looked_for_in_strings_comments_and_casts() -> None:
    sql = "SELECT ':no', \":no\", x::int, $$ :no $$ -- :no\n, :yes, 5 % 3 /* :no */ WHERE a LIKE '%x'"
    assert placeholders(sql) == {"yes"}
    assert for_psycopg(sql) == (
        "SELECT ':no', \":no\", x::int, $$ :no $$ -- :no\n, %(yes)s, 5 %% 3 /* :no */ WHERE a LIKE '%%x'"
    )


@given(st.text("ab:'\"%-/*$ \n", max_size=40))
def test_any_text_turns_into_one_that_gives_itself_back(sql: str) -> None:
    names = placeholders(sql)
    turned = for_psycopg(sql) % {name: f":{name}" for name in names}
    assert turned == sql
