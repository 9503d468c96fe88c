"""What merges and splits move, and how it goes back: every statement on both databases."""

from __future__ import annotations

from tests.journal.samples import NOW, SECOND, case, signal

from tickless.domain.case import Participant
from tickless.domain.finding import Finding
from tickless.domain.record import Untrusted
from tickless.domain.regroup import Doubt, Link, Regroup
from tickless.journal import Journal, Tx
from tickless.journal.alerts import Alert
from tickless.journal.regroups import Move


def hear(tx: Tx, name: str, into: str, *, at: int = 0, source: str = "prom") -> None:
    told = signal(id=f"sig_{name}_{at}{source[4:]}", fingerprint=name, occurred_at=NOW + at * SECOND)
    tx.alerts.put(Alert(name, source, "firing", into, "shop", "service_down", Untrusted(name), told.occurred_at, 1))
    tx.alerts.join(into, told, why=f"why {name}")
    found = Finding(id=f"fnd_{told.id}", signal=told.id, confidence=1.0, brain="rules", made_at=NOW)
    tx.cases.attach_finding(tx.findings.put(found), into)


def regroup(identity: str, into: str, out_of: str, **given: object) -> Regroup:
    one = case(1)
    values = {"id": identity, "kind": "split", "into": into, "out_of": (out_of,), "before": (one, one), "after": one, "by": "p",
              "reason": "x", "at": NOW + SECOND}  # fmt: skip
    return Regroup(**{**values, **given})


def where(tx: Tx) -> dict[str, set[str]]:
    return {one.id: {alert.fingerprint for alert in tx.alerts.of_case(one.id)} for one in tx.cases.where()}


def test_some_alerts_leave_and_come_back_with_what_was_heard_since(journal: Journal) -> None:
    with journal.write() as tx:
        tx.cases.put_all([case(1), case(2), case(3)])
        for name in ("a", "b", "c"):
            hear(tx, name, "case_0001")
        hear(tx, "a", "case_0003", source="other")  # of the same name, from elsewhere
    with journal.write() as tx:
        tx.regroups.take_turn()
        tx.regroups.move_some("rgp_1", "case_0001", "case_0002", [("a", "prom"), ("b", "prom")])
        made = tx.regroups.put(regroup("rgp_1", "case_0002", "case_0001"))
        assert [move.one for move in tx.regroups.moves("rgp_1", "alert")] == ["a", "b"]
        assert len(tx.regroups.moves("rgp_1", "finding")) == 2
        hear(tx, "b", "case_0002", at=9)
        assert where(tx) == {"case_0001": {"c"}, "case_0002": {"a", "b"}, "case_0003": {"a"}}
        assert {one.signal for one in tx.alerts.joined("case_0002")} == {"sig_a_0", "sig_b_0", "sig_b_9"}
        assert len(tx.cases.findings_of("case_0002")) == 3
        assert (tx.regroups.placed("a", "prom"), tx.regroups.placed("a", "other")) == ("case_0002", None)
        assert tx.regroups.people_since("case_0002", made) == {"sig_b_9"}
        assert tx.regroups.later(made) is None
    with journal.write() as tx:
        later = tx.regroups.put(regroup("rgp_2", "case_0003", "case_0002"))
        assert tx.regroups.later(made) == later
        assert [one.id for one in tx.regroups.of_cases(["case_0002"])] == ["rgp_2", "rgp_1"]
        tx.regroups.put(later.model_copy(update={"undone_at": NOW}))
        assert tx.regroups.later(made) is None
        tx.regroups.give_back(made)
        tx.regroups.put(made.model_copy(update={"undone_at": NOW}))
        assert where(tx) == {"case_0001": {"a", "b", "c"}, "case_0002": set(), "case_0003": {"a"}}
        assert len(tx.alerts.joined("case_0001")) == 4
        assert len(tx.cases.findings_of("case_0001")) == 4
        assert tx.regroups.placed("a", "prom") is None


def test_what_a_storm_is_read_by(journal: Journal) -> None:
    with journal.write() as tx:
        tx.cases.put_all([case(1), case(2), case(3)])
        for number in range(5):
            hear(tx, f"a{number}", "case_0001", at=number)
        hear(tx, "b", "case_0002", at=2)
        assert tx.regroups.sizes(before=None, least=1, limit=9) == [("case_0002", 1), ("case_0001", 5)]
        assert tx.regroups.sizes(before=2, least=2, limit=9) == [("case_0001", 5)]
        near = tx.regroups.alerts_between(NOW, NOW + 3 * SECOND, without="case_0001", limit=9)
        assert [one.fingerprint for one in near] == ["b"]
        places = tx.regroups.places(since=NOW, limit=9)
        assert places["sig_b_2"] == "case_0002"
        assert len(tx.regroups.findings_of(list(places))) == len(places) == 5  # of the moment itself nothing is asked


def test_links_doubts_and_people(journal: Journal) -> None:
    with journal.write() as tx:
        tx.links.put(Link(child="case_0002", parent="case_0001", by="p", reason="x", at=NOW))
        tx.doubts.put(Doubt(id="dbt_1", one="case_0001", other="case_0002", sure=0.9, why="x", at=NOW))
        member = Participant(case="case_0001", role="affected", ref="p1", since=NOW)
        tx.alerts.add_participant(member)
        tx.regroups.note("rgp_9", [Move("person", "p1", "affected", "case_0002", "case_0001")])
        tx.regroups.note("rgp_9", [Move("person", "p1", "affected", "case_0002", "case_0001")])
    with journal.write() as tx:
        assert [one.child for one in tx.links.by(parent="case_0001")] == ["case_0002"]
        assert [one.id for one in tx.doubts.by(state="open")] == ["dbt_1"]
        assert len(tx.regroups.moves("rgp_9", "person")) == 1
        tx.alerts.remove_participant(member)
        assert tx.alerts.participants("case_0001") == []
