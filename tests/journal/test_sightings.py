"""What telemetry saw is found by its case and its series, the newest first, and the oldest is forgotten; on both databases."""

from __future__ import annotations

import datetime as dt

from tickless.domain.record import Untrusted
from tickless.domain.sighting import Answer, Sighting
from tickless.journal import Journal
from tickless.journal.alerts import Alert

START = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


def sighting(number: int, *, fingerprint: str, subject: str | None = None) -> Sighting:
    at = START + dt.timedelta(minutes=number)
    return Sighting(
        id=f"sgt_{number:03}", fingerprint=fingerprint, series=f"series-{fingerprint}", subject=subject, kind="forecast",
        source="prom", name=Untrusted("disk"), text=Untrusted("full soon"), at=at, updated_at=at,
    )  # fmt: skip


def test_sightings_are_found_by_case_and_series_and_the_oldest_is_forgotten(journal: Journal) -> None:
    with journal.write() as tx:
        tx.sightings.put_all(
            sighting(number, fingerprint=f"f{number % 3}", subject=f"ci:{number % 2}") for number in range(12)
        )
        tx.alerts.put(
            Alert(fingerprint="f1", source="telemetry", state="firing", case="case_1", service=None, need="disk_filling",
                  title=Untrusted("x"), occurred_at=START, count=1)
        )  # fmt: skip
    with journal.read() as tx:
        assert [one.id for one in tx.sightings.of_case("case_1")] == ["sgt_010", "sgt_007", "sgt_004", "sgt_001"]
        both = tx.sightings.of_case("case_1", "ci:0")
        assert {one.fingerprint == "f1" or one.subject == "ci:0" for one in both} == {True}
        assert [one.at for one in both] == sorted((one.at for one in both), reverse=True)
        assert [one.id for one in tx.sightings.of_series("series-f2", limit=2)] == ["sgt_011", "sgt_008"]
        newest = tx.sightings.newest("f0")
        assert newest is not None
        assert newest.id == "sgt_009"
    with journal.write() as tx:
        assert tx.sightings.forget_old(keep=5) == 7
        assert tx.sightings.forget_old(keep=5) == 0
        assert [one.id for one in tx.sightings.where()] == [f"sgt_{number:03}" for number in range(7, 12)]


def test_answers_are_found_by_series_and_since_when(journal: Journal) -> None:
    with journal.write() as tx:
        for number in range(4):
            at = START + dt.timedelta(days=number)
            tx.answers.put(Answer(id=f"ans_{number}", series=f"s{number % 2}", said="noise", by="user:ada", at=at))
    with journal.read() as tx:
        assert [one.id for one in tx.answers.of_series("s1")] == ["ans_1", "ans_3"]
        assert [one.id for one in tx.answers.since(START + dt.timedelta(days=2))] == ["ans_2", "ans_3"]
