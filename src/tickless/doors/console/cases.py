"""Cases: the list with its filters, one case as a story, and what people may do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from urllib.parse import urlencode

from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.domain.signal import Signal
from tickless.doors.console import story, telemetry
from tickless.doors.console.book import CaseBook, names_of, read_book, read_brief
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.now import Row
from tickless.doors.console.rendering import fragment
from tickless.doors.console.storms import kin
from tickless.doors.console.stream import Streams
from tickless.doors.console.tickets import panel
from tickless.doors.console.wording import OUTCOMES, STATES
from tickless.flow.ending.taking_back import can_be_withdrawn
from tickless.journal import Tx
from tickless.journal.cases import CaseFilter

PER_PAGE = 40
SIGNALS_SHOWN = 12
DEEDS = {"hand_off": "handed_off", "confirm": "confirmed", "withdraw": "withdrawn", "mute": "muted"}
"""How a case may be closed by hand, and what the page says then."""

SPANS = ("opened_since", "opened_until", "ended_since", "ended_until")
STAMP = "%Y-%m-%dT%H:%M:%SZ"


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    return [
        frame.show("/cases", "own_cases", listing),
        frame.show("/cases/{number:int}", "own_cases", page),
        streams.route("/cases/{number:int}/stream", "own_cases", mark, pieces),
        frame.deed("/cases/{number:int}/close", "act", close),
        frame.deed("/cases/{number:int}/reopen", "act", reopen),
        frame.deed("/cases/{number:int}/withdraw", "own_cases", withdraw),
    ]


def listing(visit: Visit) -> Screen:
    """Newest first. Those without the right to read everything get their own."""
    everything = visit.visitor.may("read")
    person = visit.visitor.person.id if visit.visitor.person else "-"
    standing = visit.asked("standing") or ""
    span = {name: at for name in SPANS if (at := _moment(visit.asked(name))) is not None}
    asked = {name: visit.asked(name) for name in ("kind", "door", "need", "service")}
    what = CaseFilter(
        kind=asked["kind"],
        door=asked["door"],
        need=asked["need"],
        service=asked["service"],
        opened_since=span.get("opened_since"),
        opened_until=span.get("opened_until"),
        ended_since=span.get("ended_since"),
        ended_until=span.get("ended_until"),
        state=standing if standing in STATES else None,
        outcome=standing.removeprefix("was_") if standing.removeprefix("was_") in OUTCOMES else None,
        live=True if standing == "live" else None,
        requester=None if everything else person,
    )
    with visit.desk.journal.read() as tx:
        found = tx.cases.page(what, before=visit.number("before"), limit=PER_PAGE + 1)
        shown = [Row(case, story.now_doing(read_brief(tx, case))) for case in found[:PER_PAGE]]
        names = names_of(tx, people=[row.case.requester for row in shown], services=[row.case.service for row in shown])
        services = sorted(tx.services.where(), key=lambda service: service.name) if everything else []
    needs = {intent for runbook in visit.desk.runbooks.values() for intent in runbook.serves.intents}
    needs |= {row.case.need for row in shown if row.case.need}
    return Screen(
        "cases.html",
        {
            "rows": shown,
            "names": names,
            "services": services,
            "needs": sorted(needs),
            "asked": {**asked, "standing": standing},
            "filtered": any(asked.values()) or bool(standing) or bool(span),
            "span": span,
            "next": len(found) > PER_PAGE,
            "query": urlencode(
                {k: v for k, v in {**asked, "standing": standing}.items() if v}
                | {name: at.strftime(STAMP) for name, at in span.items()}
                | {"before": shown[-1].case.number}
            )
            if shown
            else "",
            "everything": everything,
        },
    )


def _moment(text: str | None) -> dt.datetime | None:
    """A time that cannot be read counts as not said."""
    try:
        found = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def page(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        book = _book(tx, visit)
    return Screen("case.html", _content(visit, book))


def _content(visit: Visit, book: CaseBook) -> dict[str, object]:
    everything = visit.visitor.may("read")
    mine = visit.visitor.person is not None and book.case.requester == visit.visitor.person.id
    return {
        **panel(visit, book.case),
        **telemetry.of_case(visit, book.case),
        **kin(visit, book.case),
        "practice_lines": visit.desk.practices.of_case.lines(book.case) if everything else [],
        **telemetry.of_case(visit, book.case),
        "book": book,
        "case": book.case,
        "stages": story.stages(book),
        "doing": story.now_doing(book),
        "everything": everything,
        "talk": [message for message in book.messages if not message.private or mine] if everything or mine else [],
        "signals": _signals(visit, book) if everything else {},
        "known": {name: value for name, value in book.case.inputs.items() if ":" not in name},
        "withdrawable": (visit.visitor.may("act") or _asked_for_it(visit, book.case))
        and can_be_withdrawn(book.case, now=visit.now),
        "planned": next((found.plan for found in reversed(book.decisions) if found.plan), None),
        "named": lambda key: book.names.get(key, key) if key else "nobody yet",
    }


def _signals(visit: Visit, book: CaseBook) -> dict[str, Signal]:
    found = {}
    for joined in book.joined[:SIGNALS_SHOWN]:
        try:
            found[joined.signal] = visit.desk.journal.signals.get(joined.signal)
        except NotFound:
            continue
    return found


def _book(tx: Tx, visit: Visit) -> CaseBook:
    """Raises `NotFound`: also for a case that this visitor has no part in, so that numbers tell nothing."""
    case = _case(tx, visit)
    book = read_book(tx, case)
    person = visit.visitor.person.id if visit.visitor.person else None
    concerned = {case.requester, case.speaker, *(found.ref.removeprefix("person:") for found in book.participants)}
    concerned |= {approver for asked in book.approvals for approver in asked.approvers}
    if visit.visitor.may("read") or (person is not None and person in concerned):
        return book
    raise NotFound("there is no such case, or it is not yours to see")


def _case(tx: Tx, visit: Visit) -> Case:
    found = tx.cases.by_number(int(visit.request.path_params["number"]))
    if found is None:
        raise NotFound("there is no such case, or it is not yours to see")
    return found


def mark(visit: Visit) -> Hashable:
    with visit.desk.journal.read() as tx:
        book = _book(tx, visit)
    return (
        book.case.updated_at,
        book.joined_count,
        tuple((receipt.key, receipt.state) for found in book.receipts.values() for receipt in found),
        len(book.decisions),
        len(book.verdicts),
        len(book.messages),
        tuple(asked.state for asked in book.approvals),
    )


def pieces(visit: Visit) -> dict[str, str]:
    with visit.desk.journal.read() as tx:
        book = _book(tx, visit)
    context = {**here(visit), **_content(visit, book)}
    return {name: fragment("case.html", name, context) for name in ("standing", "stages", "talk")}


async def close(visit: Visit, form: Form) -> str:
    """Take the case out of the machine's hands."""
    how = form.get("how", "")
    if how not in DEEDS:
        raise BadInput("choose what to do with the case")
    case = _of(visit)
    await visit.desk.close(case.id, by=visit.visitor.actor, how=how, reason=_reason(form))
    return f"/cases/{case.number}?told={DEEDS[how]}"


async def reopen(visit: Visit, form: Form) -> str:
    case = _of(visit)
    await visit.desk.reopen(case.id, by=visit.visitor.actor, reason=_reason(form))
    return f"/cases/{case.number}?told=reopened"


async def withdraw(visit: Visit, form: Form) -> str:
    """Stop one's own request, or take it back when it is done: then the case that does so is what is shown next."""
    reason = _reason(form)
    with visit.desk.journal.read() as tx:
        case = _book(tx, visit).case
    if not (_asked_for_it(visit, case) or visit.visitor.may("act")):
        raise Forbidden("only whoever asked for it may withdraw it")
    done = await visit.desk.withdraw(case.id, by=visit.visitor.actor, reason=reason)
    return f"/cases/{done.number}?told={'withdrawn' if done.id == case.id else 'taking_back'}"


def _asked_for_it(visit: Visit, case: Case) -> bool:
    return visit.visitor.person is not None and visit.visitor.person.id in {case.requester, case.speaker}


def _reason(form: Form) -> str:
    reason = form.get("reason", "").strip()[:500]
    if not reason:
        raise BadInput(
            "say why, in a few words", mend="the reason goes into the audit record and to whoever has it next"
        )
    return reason


def _of(visit: Visit) -> Case:
    with visit.desk.journal.read() as tx:
        case = _case(tx, visit)
    if not visit.visitor.may("act"):
        raise Forbidden("your account has no right to do that")
    return case
