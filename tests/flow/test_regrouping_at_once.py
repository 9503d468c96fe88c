"""People who put the same cases together and apart at the same moment, while alerts come in: on both databases everything is
somewhere, once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.journal.samples import NOW, case, signal

from tickless.domain.errors import Conflict
from tickless.domain.regroup import Regroup
from tickless.flow.regroup.anew import lock_cases, merge_away
from tickless.journal import Journal, Tx
from tickless.journal.alerts import Alert

CASES = 4
EACH = 25


def fill(journal: Journal) -> None:
    with journal.write() as tx:
        tx.coordination.take_lease("intake", holder="main", now=NOW, seconds=10)
        for number in range(1, CASES + 1):
            tx.cases.put(case(number))
            for index in range(EACH):
                hear(tx, f"a{number}_{index}", f"case_{number:04}")


def hear(tx: Tx, name: str, into: str) -> None:
    told = signal(id=f"sig_{name}", fingerprint=name)
    tx.alerts.put(Alert(name, "prom", "firing", into, "shop", "service_down", told.title, NOW, 1))
    tx.alerts.join(into, told, why="again")


def move(journal: Journal, origin: str, place: str, identity: str) -> None:
    """As a merge does it."""
    with journal.write() as tx:
        cases = lock_cases(tx, (origin, place))
        if any(one.state == "merged" for one in cases.values()):
            raise Conflict("somebody was quicker")
        tx.regroups.move_all(identity, origin, place)
        merge_away(tx, cases[origin], cases[place], by="p", now=NOW)
        tx.regroups.put(Regroup(id=identity, kind="merge", into=place, out_of=(origin,), by="p", reason="x", at=NOW,
                                before=(cases[place], cases[origin]), after=cases[place]))  # fmt: skip


def together(*deeds: Callable[[], None]) -> list[Exception]:
    wrong: list[Exception] = []
    line = threading.Barrier(len(deeds))

    def run(deed: Callable[[], None]) -> None:
        line.wait()
        try:
            deed()
        except Conflict:
            pass
        except Exception as error:  # noqa: BLE001 - told to the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def test_crossing_merges_lose_nothing(journal: Journal) -> None:
    fill(journal)
    assert (
        together(
            lambda: move(journal, "case_0001", "case_0002", "rgp_1"),
            lambda: move(journal, "case_0002", "case_0001", "rgp_2"),
            lambda: move(journal, "case_0002", "case_0003", "rgp_3"),
            lambda: move(journal, "case_0003", "case_0001", "rgp_4"),
        )
        == []
    )
    with journal.read() as tx:
        standing = {one.id for one in tx.cases.where() if one.state != "merged"}
        alerts = {
            one.alert.fingerprint: one.alert.case for one in tx.alert_book.newest(source=None, firing=None, limit=500)
        }
        assert len(alerts) == CASES * EACH
        assert set(alerts.values()) <= standing
        assert "case_0004" in standing
        assert len(standing) >= 2
        assert {one: len(tx.alerts.joined(one)) for one in standing} == {
            one: sum(where == one for where in alerts.values()) for one in standing
        }


def test_what_comes_in_while_cases_are_merged_is_in_the_case_that_stays(journal: Journal) -> None:
    fill(journal)

    def intake() -> None:
        for index in range(20):
            with journal.write() as tx:
                assert tx.coordination.take_lease("intake", holder="main", now=NOW, seconds=10)
                known = tx.cases.need("case_0001", lock=True)
                hear(tx, f"late_{index}", known.merged_into or known.id)

    assert together(intake, lambda: move(journal, "case_0001", "case_0002", "rgp_1")) == []
    with journal.read() as tx:
        assert tx.alerts.of_case("case_0001") == []
        assert len(tx.alerts.of_case("case_0002")) == 2 * EACH + 20
