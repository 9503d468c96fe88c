"""PostgreSQL: each test gets an empty database of its own, and nothing stays behind."""

import psycopg


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def test_a_database_is_empty_and_writable(postgres_database: str) -> None:
    with psycopg.connect(plain(postgres_database)) as connection:
        count = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert count == (0,)
        connection.execute("CREATE TABLE shared_name (id int)")


def test_the_next_test_sees_none_of_it(postgres_database: str) -> None:
    with psycopg.connect(plain(postgres_database)) as connection:
        connection.execute("CREATE TABLE shared_name (id int)")
        count = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert count == (1,)
