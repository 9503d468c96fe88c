"""One writer at a time, in the order of asking; brakes go first; whose turn never comes is told so and forgotten."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tickless.domain.errors import Unreachable
from tickless.journal import Journal
from tickless.journal.turns import Turns

WAITERS = 20


def _waiting(turns: Turns, many: int) -> None:
    while len(turns._waiting) < many:
        threading.Event().wait(0.001)


def test_who_asked_first_writes_first_and_a_brake_before_all() -> None:
    turns, order, threads = Turns(), list[str](), list[threading.Thread]()

    def work(name: str, *, first: bool = False) -> None:
        with turns.turn(first=first):
            order.append(name)

    with turns.turn():
        for number in range(WAITERS):
            threads.append(threading.Thread(target=work, args=(str(number),)))
            threads[-1].start()
            _waiting(turns, number + 1)
        threads.append(threading.Thread(target=work, args=("brake",), kwargs={"first": True}))
        threads[-1].start()
        _waiting(turns, WAITERS + 1)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["brake", *map(str, range(WAITERS))]


def test_a_turn_that_does_not_come_is_told_and_an_error_inside_lets_the_next_one_go() -> None:
    turns = Turns(patience=0.01)
    with turns.turn(), pytest.raises(Unreachable), turns.turn():
        pass
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    with turns.turn():
        assert not turns._waiting


def test_writers_who_wait_hold_no_connection(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path / 'main.db'}"
    journal = Journal(main_url=where, log_url=where)
    journal.migrate()
    threads = [threading.Thread(target=_write, args=(journal,)) for _ in range(60)]
    with ExitStack() as stack:
        stack.enter_context(journal.write())
        for thread in threads:
            thread.start()
        assert journal._turns is not None
        _waiting(journal._turns, len(threads))
        with journal.read() as tx:
            assert tx.cases.count() == 0
        assert journal.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    for thread in threads:
        thread.join()
    with journal.read() as tx:
        assert len(tx.audit.rows(limit=100)) == len(threads)
    journal.close()


def _write(journal: Journal) -> None:
    import datetime as dt

    with journal.write() as tx:
        tx.audit.append(at=dt.datetime.now(dt.UTC), actor="house", action="a.test", subject="x:1", detail={})
