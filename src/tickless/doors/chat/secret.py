"""A secret that is shown once, to the one person it is for, after a click."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.errors import Forbidden
from tickless.doors.console.frame import Form, Frame, Screen, Visit


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/secret/{id}", "chat", page), frame.deed("/secret/{id}", "chat", reveal)]


def page(visit: Visit) -> Screen:
    """Only a button: looking at the address must not use the secret up."""
    return Screen("secret.html", {"secret": None})


async def reveal(visit: Visit, form: Form) -> Screen:
    if visit.visitor.person is None:
        raise Forbidden("your account belongs to no person, so no secret is for you")
    secret = await visit.desk.open_secret(visit.path("id"), person=visit.visitor.person.id)
    return Screen("secret.html", {"secret": secret})
