"""Keeping the record, by forms: its key and checkpoints, legal holds, retention, and erasing a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, NotFound
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.journal import Tx
from tickless.journal.audit_checkpoints import Checkpoints


@dataclass(frozen=True)
class Done:
    """What was just done, for the page to say."""

    title: str
    lines: tuple[str, ...] = ()


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/audit/keeping", "audit", page),
        frame.deed("/audit/checkpoint", "audit", sign),
        frame.deed("/audit/key", "admin", change_key),
        frame.deed("/audit/holds", "admin", hold),
        frame.deed("/audit/holds/end", "admin", end_hold),
        frame.deed("/audit/retention", "admin", retain),
        frame.deed("/audit/erase", "admin", erase),
    ]


def page(visit: Visit, done: Done | None = None) -> Screen:
    record = visit.desk.record
    holds = record.holds()
    with visit.desk.journal.read() as tx:
        last = Checkpoints(tx.connection).last()
        names = names_of(tx, people=[one.ref for one in holds if one.covers == "person"])
        for one in holds:
            if one.covers == "case" and (case := tx.cases.get(one.ref)) is not None:
                names[one.ref] = f"#{case.number}"
    told = {"keys": record.keys(), "last": last, "holds": holds, "names": names,
            "keep_days": record.settings.keep_days, "done": done, "path": "/audit/keeping"}  # fmt: skip
    return Screen("audit_keeping.html", told)


async def sign(visit: Visit, form: Form) -> Screen:
    def work() -> Screen:
        made = visit.desk.record.checkpoint()
        if made is None and not visit.desk.record.keys().signs:
            return page(visit, Done("Nothing is signed: this process does not hold the key that counts."))
        return page(visit, Done(f"Signed up to row {made.seq}." if made else "There is nothing new to sign."))

    return await run_in_threadpool(work)


async def change_key(visit: Visit, form: Form) -> Screen:
    if form.get("sure") != "yes":
        raise BadInput("say that you are sure: tick the box")

    def work() -> Screen:
        new = visit.desk.record.rotate(by=visit.visitor.actor, lost=form.get("lost") == "yes")
        return page(
            visit, Done(f"The record is signed by the key {new.id} from now on. Keep its public half elsewhere.")
        )

    return await run_in_threadpool(work)


async def hold(visit: Visit, form: Form) -> Screen:
    covers, ref, reason = (form.get(name, "").strip() for name in ("covers", "ref", "reason"))

    def work() -> Screen:
        with visit.desk.journal.read() as tx:
            found = "" if covers == "everything" else _case_in(tx, ref) if covers == "case" else _person_in(tx, ref)
        visit.desk.record.hold(covers, found, reason=reason, by=visit.visitor.actor)
        return page(visit, Done("Held until the hold is ended."))

    return await run_in_threadpool(work)


async def end_hold(visit: Visit, form: Form) -> Screen:
    def work() -> Screen:
        visit.desk.record.release(form.get("id", "")[:80], reason=form.get("reason", ""), by=visit.visitor.actor)
        return page(visit, Done("The hold has ended."))

    return await run_in_threadpool(work)


async def retain(visit: Visit, form: Form) -> Screen:
    days = form.get("days", "").strip()
    if not days.isdecimal() or not 1 <= len(days) <= 5 or not int(days):
        raise BadInput("say how many days are kept", mend="a whole number such as 400")

    def work() -> Screen:
        before = visit.now - dt.timedelta(days=min(int(days), 36_500))
        rows = visit.desk.record.retain(before=before, by=visit.visitor.actor)
        return page(visit, Done(f"{rows} rows have lost their details."))

    return await run_in_threadpool(work)


async def erase(visit: Visit, form: Form) -> Screen:
    if form.get("sure") != "yes":
        raise BadInput("say that you are sure: tick the box")
    reason = form.get("reason", "").strip()
    if not reason:
        raise BadInput("say which request asks for it")

    def work() -> Screen:
        with visit.desk.journal.read() as tx:
            person = _person_in(tx, form.get("person", "").strip())
        done = visit.desk.erasing.erase(person, by=visit.visitor.actor, reason=reason)
        went = tuple(f"{count} in {table.replace('_', ' ')}" for table, count in done.erased.items())
        return page(visit, Done("Erased. What went, and what stays:", (*went, *done.stays)))

    return await run_in_threadpool(work)


def _person_in(tx: Tx, text: str) -> str:
    """Id of the person with this id or user name. Raises `NotFound`."""
    found = tx.people.get(text) or next(iter(tx.people.by(username=text.lower(), limit=1)), None)
    if found is None:
        raise NotFound("there is no such person on record", mend="their id or user name")
    return found.id


def _case_in(tx: Tx, text: str) -> str:
    """Id of the case with this id or number. Raises `NotFound`."""
    number = text.removeprefix("#")
    found = tx.cases.by_number(int(number)) if number.isdecimal() and len(number) < 16 else tx.cases.get(text)
    if found is None:
        raise NotFound("there is no such case", mend="its number")
    return found.id
