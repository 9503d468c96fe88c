"""The audit chain: whatever is done to its rows behind its back is found, and found at the right row."""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.conftest import wipe
from tests.journal.samples import NOW, SECOND

from tickless.journal import Journal, Tx, tables
from tickless.journal.audit import GENESIS, AuditRow, ChainReport
from tickless.journal.audit_rows import text_hash

FIELDS = ("at", "actor", "action", "subject", "case", "detail", "previous", "hash", "detail_hash", "dropped_at")


def write(tx: Tx, number: int) -> None:
    tx.audit.append(at=NOW + number * SECOND, actor=f"p{number}", action="case.open", subject=f"s{number}",
                    case=f"case_{number % 3}", detail={"number": number, "ü": [None, True, "\x00"]})  # fmt: skip


def chain(journal: Journal, length: int) -> None:
    with journal.write() as tx:
        for number in range(1, length + 1):
            write(tx, number)


def report(journal: Journal) -> ChainReport:
    with journal.read() as tx:
        return tx.audit.verify()


def raw(journal: Journal) -> list[dict[str, Any]]:
    """The rows as the database holds them."""
    with journal.engine.connect() as connection:
        query = sa.text(
            'SELECT seq, at, actor, action, subject, "case", detail, previous, hash, detail_hash, dropped_at '
            "FROM audit ORDER BY seq"
        )
        return [dict(row._mapping) for row in connection.execute(query)]


def lay_down(journal: Journal, rows: list[dict[str, Any]]) -> None:
    """Put these rows in the place of all."""
    with journal.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit"))
        names = ", ".join(f'"{name}"' for name in rows[0]) if rows else ""
        marks = ", ".join(f":{name}" for name in rows[0]) if rows else ""
        for row in rows:
            connection.execute(sa.text(f"INSERT INTO audit ({names}) VALUES ({marks})"), row)


def test_an_untouched_chain_is_whole(journal: Journal) -> None:
    assert report(journal) == ChainReport(0, GENESIS)
    chain(journal, 12)
    found = report(journal)
    assert (found.rows, found.broken_at) == (12, None)
    with journal.read() as tx:
        assert found.head == tx.audit.rows()[-1].hash
        assert [row.seq for row in tx.audit.rows(case="case_1")] == [1, 4, 7, 10]
        assert [row.seq for row in tx.audit.rows(after=5, limit=2)] == [6, 7]
        assert [row.seq for row in tx.audit.latest(before=5, limit=2)] == [4, 3]


def test_a_long_chain_is_walked_to_its_end(journal: Journal) -> None:
    chain(journal, 1_003)
    assert (report(journal).rows, report(journal).broken_at) == (1_003, None)
    with journal.engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit SET actor = 'mallory' WHERE seq = 1002"))
    assert report(journal).broken_at == 1_002


def test_the_chain_has_one_order_with_many_writers(journal: Journal) -> None:
    def append(number: int) -> None:
        with journal.write() as tx:
            write(tx, number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(40)))
    assert (report(journal).rows, report(journal).broken_at) == (40, None)


def test_a_rolled_back_row_leaves_no_gap(journal: Journal) -> None:
    chain(journal, 2)
    with pytest.raises(RuntimeError), journal.write() as tx:  # noqa: PT012 (the block is what is tested)
        write(tx, 3)
        raise RuntimeError
    chain(journal, 1)
    assert (report(journal).rows, report(journal).broken_at) == (3, None)


def changed(row: dict[str, Any], field: str, how: int) -> dict[str, Any]:
    """The row with one field that says something else."""
    if field == "at":
        return {**row, "at": row["at"] + 1 + how}
    if field == "case":
        return {**row, "case": None if how % 2 else "case_9"}
    if field == "detail":
        forms = ["{}", "no json", row["detail"].replace('"number":', '"number":0,"number":'), row["detail"] + " ",
                 row["detail"].replace(",", ", "), "null", "[1]"]  # fmt: skip
        return {**row, "detail": forms[how % len(forms)]}
    if field == "dropped_at":
        return {**row, "dropped_at": row["at"], **({"detail": ""} if how % 2 else {})}
    if field in {"previous", "hash", "detail_hash"}:
        letter = "0" if row[field][how % 64] != "0" else "1"
        return {**row, field: row[field][: how % 64] + letter + row[field][how % 64 + 1 :]}
    return {**row, field: row[field] + "x"}


def forge(rows: list[dict[str, Any]], previous: str) -> list[dict[str, Any]]:
    """Rows that say something else and whose hashes fit again, as a knowing hand would leave them."""
    made: list[dict[str, Any]] = []
    for row in rows:
        detail = '{"number":"forged"}'
        made.append({**row, "previous": previous, "detail": detail, "detail_hash": text_hash(detail)})
        at = tables.EPOCH + dt.timedelta(microseconds=row["at"])
        made[-1]["hash"] = AuditRow(**{**made[-1], "at": at, "detail": {}}).computed()
        previous = made[-1]["hash"]
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(1, 9), data=st.data())
def test_whatever_is_done_to_the_rows_is_found_and_located(journal: Journal, length: int, data: st.DataObject) -> None:
    wipe(journal)
    chain(journal, length)
    rows = raw(journal)
    at = data.draw(st.integers(0, length - 1), label="row")
    tampering = data.draw(
        st.sampled_from(["change", "remove", "remove the rest", "swap", "repeat", "insert", "add", "forge"])
    )
    expected = at + 1
    if tampering == "change":
        rows[at] = changed(rows[at], data.draw(st.sampled_from(FIELDS)), data.draw(st.integers(0, 99)))
    elif tampering == "remove":
        del rows[at]
    elif tampering == "remove the rest":
        rows = rows[:at]
    elif tampering == "swap":
        other = data.draw(st.integers(0, length - 1).filter(lambda one: one != at)) if length > 1 else at
        if other == at:
            return
        rows[at], rows[other] = {**rows[other], "seq": rows[at]["seq"]}, {**rows[at], "seq": rows[other]["seq"]}
        expected = min(at, other) + 1
    elif tampering == "repeat":
        rows.append({**rows[at], "seq": length + 1})
        expected = length + 1
    elif tampering == "insert":
        where = data.draw(st.sampled_from([0, -1, -(2**40)]))
        rows.insert(0, {**rows[at], "seq": where})
        expected = where
    elif tampering == "add":
        rows += forge([{**rows[at], "seq": length + 1}], rows[-1]["hash"])
        expected = length + 1
    else:
        rows = rows[:at] + forge(rows[at:], rows[at - 1]["hash"] if at else GENESIS)
        expected = length + 1  # such a chain hangs together up to its end: only the head does not fit
    lay_down(journal, rows)
    found = report(journal)
    assert found.broken_at == expected
    assert found.problem


@pytest.mark.parametrize("hands", range(4))
def test_many_changes_are_located_at_the_first(journal: Journal, hands: int) -> None:
    chain(journal, 20)
    chosen = sorted(random.Random(hands).sample(range(20), 3))
    rows = raw(journal)
    for index in chosen:
        rows[index] = changed(rows[index], FIELDS[(hands + index) % len(FIELDS)], index)
    lay_down(journal, rows)
    assert report(journal).broken_at == chosen[0] + 1


@pytest.mark.parametrize("statement", ["DELETE FROM counters", "UPDATE counters SET value = 2",
                                       "UPDATE counters SET value = 9", "UPDATE counters SET hash = 'x'"])  # fmt: skip
def test_a_head_that_was_touched_is_found(journal: Journal, statement: str) -> None:
    chain(journal, 3)
    with journal.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert report(journal).broken_at is not None
