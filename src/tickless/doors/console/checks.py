"""The doctor: is the house itself well?"""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/doctor", "read", page)]


def page(visit: Visit) -> Screen:
    """The checks are run when the page is opened."""
    found = visit.desk.doctor()
    with visit.desk.journal.read() as tx:
        nodes = tx.coordination.nodes()
    return Screen("doctor.html", {"findings": found, "ill": [line for line in found if not line.ok], "nodes": nodes})
