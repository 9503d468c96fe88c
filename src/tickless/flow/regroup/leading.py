"""What a case is about when one of its alerts leads it: read from its signal, or from what is known of it."""

from __future__ import annotations

from typing import Any

from tickless.domain.errors import NotFound
from tickless.domain.record import Untrusted
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.stages.correlate.impact import impact


class Leading:
    """For the cases that merges and splits leave."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def about(self, tx: Tx, case: str, lead: Alert) -> dict[str, Any]:
        """Kind, need, title, subject, service, inputs and impact of a case that this alert leads. `case`: where it is now."""
        heard = [one for one in tx.alerts.joined(case, limit=100_000) if one.fingerprint == lead.fingerprint]
        for one in reversed([*(o for o in heard if o.state != "firing"), *(o for o in heard if o.state == "firing")]):
            finding = next(iter(tx.findings.by(signal=one.signal)), None)
            if finding is None:
                continue
            try:
                return self._rooms.correlate.about(self._rooms.journal.signals.get(one.signal), finding)
            except NotFound:  # older than what the log keeps
                continue
        return self._from_row(lead)

    def _from_row(self, lead: Alert) -> dict[str, Any]:
        service = lead.service
        return {
            "kind": "incident",
            "need": lead.need,
            "title": Untrusted(lead.title.tame(200)),
            "subject": f"service:{service}" if service else f"alert:{lead.fingerprint}",
            "service": service,
            "inputs": {},
            "impact": impact(kind="incident", service=service, severity=None, world=self._rooms.world()),
        }
