"""Which cases are in hand with an incident: their people hear of it, and a ticket of their own would say nothing new."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.flow.ending.ends import JOINED
from tickless.flow.ending.handing_off import newest_ticket
from tickless.journal import Tx
from tickless.stages.correlate.people import ABOUT_SERVICES, about_services
from tickless.stages.correlate.placing import SOLVED


def answered_for(tx: Tx, case: Case) -> Case | None:
    """The incident that answers for this case; None: the case needs a ticket of its own.

    It has to be about a service and running when the case went to people, the case has to be about that service, too, and its
    person among those who hear when it is over. What is one person's own (a locked account), a part of a request, the taking
    back of one, and what still does not work after an incident is nobody else's.
    """
    incident = tx.cases.get(case.parent) if case.parent is not None else None
    if incident is None or not about_services(incident) or not _about_it(case, incident):
        return None
    if not _told(tx, case, incident) or not (incident.live or _in_hand(tx, case, incident)):
        return None
    return incident


def _about_it(case: Case, incident: Case) -> bool:
    return case.inputs.get(JOINED) == incident.id or (case.kind == "incident" and case.need in ABOUT_SERVICES)


def _told(tx: Tx, case: Case, incident: Case) -> bool:
    """Whether the case's person is one of those affected: they are asked whether it works when it is over."""
    if case.requester is None:
        return False
    return any(one.role == "affected" and one.ref == case.requester for one in tx.alerts.participants(incident.id))


def _in_hand(tx: Tx, case: Case, incident: Case) -> bool:
    """Whether people have the incident now, or it was solved after the case had gone to people, and they were told so."""
    if incident.state == "handed_off":
        return newest_ticket(tx, incident.id) is not None
    handed, over = case.resolved_at or case.updated_at, incident.resolved_at or incident.updated_at
    return incident.outcome in SOLVED and handed <= over
