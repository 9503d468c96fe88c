"""The record that is signed, kept, held and taken along: whatever is done to it, here or in a file, is found and located."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickless.domain.errors import Conflict
from tickless.doors.entrance.audit_lines import exported
from tickless.flow.desk.record_keeping import ANCHORS_FILE, KEY_FILE, RecordKeeping, ranges
from tickless.journal import Journal
from tickless.journal.audit_export import check_bundle, read_bundle
from tickless.journal.audit_people import ERASED
from tickless.journal.audit_rows import ChainReport
from tickless.journal.audit_settings import AuditSettings
from tickless.kit.clock import ManualClock
from tickless.kit.signing import PublicKey, SigningKey

HOUR = dt.timedelta(hours=1)


class House:
    """A journal whose record is kept, and the part of a desk that an export needs."""

    def __init__(self, journal: Journal, clock: ManualClock, data: Path) -> None:
        data.mkdir(exist_ok=True)
        self.journal, self.clock, self.data = journal, clock, data
        self.record = self.keeping()

    def keeping(self, **more: Any) -> RecordKeeping:
        key = SigningKey.from_file(self.data / KEY_FILE)
        return RecordKeeping(self.journal, self.clock, key, AuditSettings(**more), data=self.data, outside=False)

    def say(self, count: int = 1, *, case: str | None = None, person: str | None = "p001") -> None:
        for number in range(count):
            self.clock.advance(dt.timedelta(seconds=1))
            with self.journal.write() as tx:
                tx.audit.append(at=self.clock.now(), actor="tickless", action="case.noted", subject="x", case=case,
                                detail={"number": number, "why": f"because of {number}"}, person=person)  # fmt: skip

    def lines(self, **more: Any) -> list[str]:
        return "".join(exported(self, form="jsonl", **more)).splitlines()  # type: ignore[arg-type]

    def sql(self, text: str, **values: Any) -> None:
        with self.journal.engine.begin() as connection:
            connection.execute(sa.text(text), values)


@pytest.fixture
def kept(journal: Journal, clock: ManualClock, tmp_path: Path) -> House:
    return House(journal, clock, tmp_path / "kept")


def check(lines: list[str], pinned: str | None = None) -> ChainReport:
    return check_bundle(read_bundle(lines), pinned=pinned)[0]


def test_the_key_is_its_owners_and_checkpoints_vouch_for_rows(kept: House) -> None:
    assert (kept.data / KEY_FILE).stat().st_mode & 0o777 == 0o600
    kept.say(5)
    kept.record.look(kept.clock.now())
    kept.say(3)
    kept.record.look(kept.clock.now())
    assert kept.record.verify().signed_up_to == 5, "not due yet"
    kept.clock.advance(HOUR)
    kept.record.look(kept.clock.now())
    report = kept.record.verify(pinned=kept.record.keys().own.text)
    assert (report.broken_at, report.rows, report.signed_up_to, report.checkpoints) == (None, 8, 8, 3)
    assert kept.record.checkpoint() is None, "nothing is new"
    assert kept.record.verify(pinned=SigningKey.new().public.text).problem


def test_a_chain_that_was_written_anew_is_found_by_what_was_signed(kept: House) -> None:
    kept.say(4)
    kept.record.checkpoint()
    kept.say(4)
    kept.record.checkpoint()
    kept.say(2)
    with kept.journal.read() as tx:
        rows = tx.audit.rows()
    previous = rows[4].hash
    for row in rows[5:]:
        hashed = type(row)(**{**row.__dict__, "actor": "mallory", "previous": previous}).computed()
        kept.sql("UPDATE audit SET actor='mallory', previous=:p, hash=:h WHERE seq=:s", p=previous, h=hashed, s=row.seq)
        previous = hashed
    kept.sql("UPDATE counters SET hash=:h WHERE name='audit'", h=previous)
    report = kept.record.verify()
    assert (report.broken_at, report.signed_up_to) == (5, 4), "between the two checkpoints"


@pytest.mark.parametrize("also_checkpoints", [False, True])
def test_rows_cut_off_the_end_are_missed(kept: House, also_checkpoints: bool) -> None:
    kept.say(4)
    kept.record.checkpoint()
    kept.say(4)
    kept.record.checkpoint()
    with kept.journal.read() as tx:
        last = tx.audit.rows()[3]
    kept.sql("DELETE FROM audit WHERE seq > 4")
    kept.sql("UPDATE counters SET value=4, hash=:h WHERE name='audit'", h=last.hash)
    if also_checkpoints:
        kept.sql("DELETE FROM audit_checkpoints WHERE seq > 4")
    report = kept.record.verify()
    assert report.broken_at == 5
    assert "checkpoint" in report.problem


def test_keys_change_and_old_signatures_still_count(kept: House) -> None:
    kept.say(2)
    kept.record.checkpoint()
    first = kept.record.keys().own
    second = kept.record.rotate(by="user:ada")
    kept.say(2)
    kept.record.checkpoint()
    shown = kept.record.keys()
    assert shown.keys == (first, second)
    assert shown.signs
    for pinned in (first, second):
        assert kept.record.verify(pinned=pinned.text).broken_at is None
        assert check(kept.lines(), pinned.text).broken_at is None
    with pytest.raises(Conflict):
        kept.record.rotate(by="user:ada", lost=True)


def test_a_lost_key_signs_nothing_until_somebody_says_so_and_the_break_shows(kept: House) -> None:
    kept.say(2)
    kept.record.checkpoint()
    old = kept.record.keys().own
    (kept.data / KEY_FILE).unlink()
    kept.record = kept.keeping()
    kept.say(1)
    assert kept.record.checkpoint() is None
    assert not kept.record.keys().signs
    assert check(kept.lines()).problem, "what nobody signed is not vouched for"
    with pytest.raises(Conflict):
        kept.record.rotate(by="user:ada")
    kept.record.rotate(by="user:ada", lost=True)
    assert kept.record.verify().broken_at is None
    assert kept.record.verify(pinned=old.text).problem, "who trusts the old key is told"
    assert check_bundle(read_bundle(kept.lines()))[1].breaks == 1


def test_an_interrupted_change_of_keys_is_finished(kept: House) -> None:
    kept.say(1)
    kept.record.checkpoint()
    copy = (kept.data / KEY_FILE).read_bytes()
    new = kept.record.rotate(by="user:ada")
    shutil.copy(kept.data / KEY_FILE, kept.data / f"{KEY_FILE}.next")  # as if killed before the file took its place
    (kept.data / KEY_FILE).write_bytes(copy)
    kept.record = kept.keeping()
    kept.say(1)
    made = kept.record.checkpoint()
    assert made is not None
    assert PublicKey(made.key) == new


def test_retention_takes_bodies_and_not_what_is_held(kept: House) -> None:
    kept.say(3, case="c1")
    kept.say(2, case="c2")
    held = kept.record.hold("person", "p001", reason="a lawsuit", by="user:ada")
    kept.record.release(held.id, reason="settled", by="user:ada")
    with kept.journal.write() as tx:
        from tickless.journal.audit_holds import LegalHold, shelf

        shelf(tx.connection).put(LegalHold(id="h", covers="case", ref="c2", reason="r", by="b", at=kept.clock.now()))
    before = kept.clock.now() + HOUR
    kept.clock.advance(2 * HOUR)
    assert kept.record.retain(before=before, by="user:ada") == 5, "three of the first case, and two of the hold"
    report = kept.record.verify()
    assert (report.broken_at, report.dropped) == (None, 5)
    with kept.journal.read() as tx:
        rows = tx.audit.rows()
    assert [row.detail == {} for row in rows] == [True, True, True, False, False, True, True, False]
    assert check(kept.lines()).broken_at is None
    kept.sql("UPDATE audit SET detail='', dropped_at=1 WHERE seq=4")
    report = kept.record.verify()
    assert (report.broken_at, report.problem) == (4, "its body was taken away, and no row says so")


def test_what_is_said_of_people_is_sealed_and_goes_with_their_key(kept: House) -> None:
    kept.say(2)
    with kept.journal.engine.connect() as connection:
        stored = connection.execute(sa.text("SELECT detail FROM audit")).scalars().all()
    assert not any("because" in text for text in stored)
    before = kept.lines()
    assert "because of 1" in before[1]
    assert "because" not in "".join(kept.lines(sealed=True))
    with kept.journal.write() as tx:
        assert tx.audit.rows()[0].detail == {"number": 0, "why": "because of 0"}
        assert tx.audit.people.destroy("p001", at=kept.clock.now())
        assert not tx.audit.people.destroy("p001", at=kept.clock.now())
    with kept.journal.read() as tx:
        assert tx.audit.rows()[0].detail == {"number": 0, "why": ERASED}
    kept.say(1)
    after = kept.lines()
    assert "because" not in "".join(after)
    assert check(after).broken_at is None, "an erased row still proves when, who and that it was not changed"
    assert check(before).broken_at is None


def test_ranges_say_what_they_are_made_of() -> None:
    assert ranges([1, 2, 3, 7, 9, 10]) == [[1, 3], [7, 7], [9, 10]]
    assert ranges([]) == []


def a_file(kept: House) -> list[str]:
    kept.say(6)
    kept.record.checkpoint()
    kept.say(6, person=None)
    kept.record.checkpoint()
    return kept.lines()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_to_a_file_is_found_and_located(tmp_path_factory: pytest.TempPathFactory, empty_journal: Path,
                                                         data: st.DataObject) -> None:  # fmt: skip
    lines = _file_once(tmp_path_factory, empty_journal)
    assert check(lines).broken_at is None
    at = data.draw(st.integers(0, 11), label="row")
    row = json.loads(lines[at])
    how = data.draw(st.sampled_from(["field", "shown", "remove", "swap", "repeat", "cut", "garble"]))
    expected = at + 1
    if how == "field":
        names = ["actor", "action", "subject", "case", "stored", "previous", "hash", "at", "detail_hash"]
        name = data.draw(st.sampled_from(names))
        row[name] = "2026-03-02T09:00:07.5+00:00" if name == "at" else f"{row[name]}x"
        tampered = [*lines[:at], json.dumps(row), *lines[at + 1 :]]
    elif how == "shown":
        row["detail"] = {**row["detail"], data.draw(st.sampled_from(["why", "number", "new"])): "something else"}
        tampered = [*lines[:at], json.dumps(row), *lines[at + 1 :]]
    elif how == "remove":
        tampered = [*lines[:at], *lines[at + 1 :]]
    elif how == "swap":
        other = (at + data.draw(st.integers(1, 11))) % 12
        tampered, expected = list(lines), min(at, other) + 1
        tampered[at], tampered[other] = tampered[other], tampered[at]
    elif how == "repeat":
        tampered, expected = [*lines[: at + 1], lines[at], *lines[at + 1 :]], at + 1
    elif how == "cut":
        tampered, expected = lines[: at + 1], at + 2
    else:
        tampered = [*lines[:at], lines[at][: len(lines[at]) // 2], *lines[at + 1 :]]
    report = check(tampered)
    assert report.broken_at == expected, (how, report)
    assert report.problem


_FILE: list[str] = []


def _file_once(tmp_path_factory: pytest.TempPathFactory, empty_journal: Path) -> list[str]:
    if not _FILE:
        folder = tmp_path_factory.mktemp("file")
        shutil.copytree(empty_journal, folder / "journal")
        journal = Journal(main_url=f"sqlite:///{folder}/journal/main.db", log_url=f"sqlite:///{folder}/journal/log.db")
        clock = ManualClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
        _FILE.extend(a_file(House(journal, clock, folder / "kept")))
        journal.close()
    return _FILE


def test_a_file_with_a_forged_signature_or_a_changed_checkpoint_is_refused(kept: House) -> None:
    lines = a_file(kept)
    place = next(i for i, line in enumerate(lines) if line.startswith('{"checkpoint"'))
    last = json.loads(lines[-2])
    last["checkpoint"]["hash"] = "a" * 64
    assert check([*lines[:-2], json.dumps(last), lines[-1]]).problem
    assert check([*lines[:place], *lines[place + 1 :]]).problem
    assert check(lines[:-1]).problem == "the end of the file is missing"
    assert (kept.data / ANCHORS_FILE).read_text(encoding="utf-8").count("\n") == 3
