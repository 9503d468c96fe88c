"""One page that explains every decision of a case: who, what, why, from what, by which policies; and made again."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.errors import NotFound
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.flow.desk.explaining import explain

AGAIN = {
    "same": ("good", "Made again from the same inputs: the same decision."),
    "differs": ("bad", "Made again, it comes out otherwise"),
    "erased": ("warn", "It cannot be made again exactly: somebody was erased from what it was made from."),
    "not_kept": ("warn", "It cannot be made again"),
    "cannot": ("warn", "It cannot be made again"),
}

POLICY_AGAIN = {
    "same": ("good", "Asked again, the policies of then say the same."),
    "differs": ("bad", "Asked again, the policies of then say something else"),
    "erased": ("warn", "The policies of then cannot be asked the same: somebody was erased from the question."),
    "not_kept": ("warn", "The policies of then cannot be asked again"),
    "cannot": ("warn", "The policies of then cannot be asked again"),
}


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/cases/{number}/explained", "audit", page)]


def page(visit: Visit) -> Screen:
    number = visit.number("number")
    chain = visit.desk.record.verify()
    with visit.desk.journal.read() as tx:
        case = tx.cases.by_number(number) if number is not None else None
        if case is None:
            raise NotFound("there is no such case")
        found = explain(tx, case, chain=chain)
        people = [
            str(one.who[name]) for one in found for name in ("speaker", "requester", "typed_by") if one.who.get(name)
        ]
        names = names_of(tx, people=people)
    told = {
        "case": case,
        "decisions": found,
        "chain": chain,
        "names": names,
        "again": AGAIN,
        "policy_again": POLICY_AGAIN,
    }
    return Screen("explained.html", told)
