"""The pages of the practices, together."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.doors.console import changes, improvements, major, oncall, portfolio, problems, suppliers
from tickless.doors.console.frame import Frame


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        *changes.routes(frame),
        *major.routes(frame),
        *oncall.routes(frame),
        *problems.routes(frame),
        *improvements.routes(frame),
        *suppliers.routes(frame),
        *portfolio.routes(frame),
    ]
