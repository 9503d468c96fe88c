"""Whether services come back: failovers that were tried or needed, and a supplier who was late. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.sample.day_events import Fault
from tickless.sample.year_events import Breaks, ByHand, Deed, YearEvent
from tickless.sample.year_frame import Frame
from tickless.sample.year_machines import labels_of
from tickless.sample.year_outage import BROKEN
from tickless.sample.year_telling import Told


def continuity_events(frame: Frame) -> Iterator[YearEvent]:
    """Both, in no order."""
    yield from _failovers(frame)
    yield from _supplier(frame)


def _failovers(frame: Frame) -> Iterator[Deed]:
    """The target of an hour is missed twice, the second time in earnest, and kept at last."""
    tell, staff = Told(frame, "failover"), frame.staff
    yield tell(
        "failover",
        frame.on(2, 20, 16),
        staff.engineers[2],
        service=BROKEN,
        recovery=96.0,
        loss=2.0,
        evidence="Second site tried on a Thursday, protocol 11: the names took an hour",
    )
    yield tell(
        "failover",
        frame.failing + dt.timedelta(hours=6),
        staff.engineers[2],
        service=BROKEN,
        recovery=128.0,
        loss=0.0,
        evidence="The outage after the new major version: back by the copy",
    )
    yield tell(
        "failover",
        frame.on(11, 20, 16),
        staff.engineers[2],
        service=BROKEN,
        recovery=41.0,
        loss=1.0,
        evidence="Second site tried, protocol 19: names are short-lived now",
    )


def _supplier(frame: Frame) -> Iterator[YearEvent]:
    """Card payments fail on a July morning; the supplier answers long after what was agreed."""
    tell, staff, broke = Told(frame, "cards"), frame.staff, frame.on(7, 16, 9, 20)
    yield Breaks(
        "cards",
        broke,
        "http_errors",
        (Fault("errors", "payments-api"),),
        labels_of(frame.company, "http_errors", "payments-api", "critical"),
        "Payments answers with errors (502)",
        hand=ByHand(staff.engineers[3].id, dt.timedelta(minutes=205), 60, "The supplier mended its side.", True),
    )
    yield tell(
        "refer",
        broke + dt.timedelta(minutes=12),
        staff.leads[0],
        key="cards-case",
        of="cards",
        case_of="payments-api",
        since=broke,
        reference="NP-77120",
    )
    yield tell(
        "referral",
        broke + dt.timedelta(minutes=71),
        staff.leads[0],
        of="cards-case",
        deed="answered",
        note="They called back; 15 minutes were agreed.",
    )
    yield tell(
        "referral",
        broke + dt.timedelta(minutes=210),
        staff.leads[0],
        of="cards-case",
        deed="over",
        note="It works again.",
    )
