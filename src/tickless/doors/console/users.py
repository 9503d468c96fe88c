"""Who may come in: one's own sign-ins and tokens; for administrators accounts, roles, service accounts and sealed ones."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, Forbidden
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.break_glass import seal
from tickless.doors.entrance.entrance import COOKIE, link_path
from tickless.doors.entrance.sessions import Sessions
from tickless.journal.access import Role, User

ROLES: tuple[Role, ...] = ("employee", "operator", "approver", "auditor", "admin")
WAYS = {"password": "password", "link": "one-time link", "oidc": "identity provider", "break_glass": "break-glass"}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/accounts/sign-ins", "chat", sign_ins),
        frame.deed("/accounts/sign-ins/end", "chat", end),
        frame.show("/accounts/people", "admin", people),
        frame.deed("/accounts/people", "admin", create),
        frame.deed("/accounts/people/roles", "admin", set_roles),
        frame.deed("/accounts/people/switch", "admin", switch),
        frame.deed("/accounts/people/seal", "admin", seal_again),
    ]


def _sessions(visit: Visit) -> Sessions:
    return Sessions(visit.entrance.journal, visit.entrance.clock, visit.entrance.settings)


def _me(visit: Visit) -> User:
    if visit.visitor.user is None or visit.visitor.kind != "session":
        raise Forbidden("this page is for people who signed in")
    return visit.visitor.user


def sign_ins(visit: Visit) -> Screen:
    """One's own sessions and tokens."""
    me = _me(visit)
    cookie = visit.request.cookies.get(COOKIE, "")
    with visit.entrance.journal.read() as tx:
        here = tx.access.session(cookie, now=visit.now)
        used = tx.access.tokens_used()
        tokens = [one for one in tx.access.tokens() if one.user == me.id]
    found = _sessions(visit).of(me)
    return Screen(
        "sign_ins.html",
        {"sessions": found, "here": here.id if here else None, "tokens": tokens, "used": used, "ways": WAYS},
    )


async def end(visit: Visit, form: Form) -> str:
    me, wanted = _me(visit), form.get("session", "")[:80]
    cookie = visit.request.cookies.get(COOKIE, "")

    def work() -> None:
        if wanted:
            _sessions(visit).end(me, by=visit.visitor.actor, session=wanted)
        else:
            _sessions(visit).end(me, by=visit.visitor.actor, but=cookie)

    await run_in_threadpool(work)
    return "/accounts/sign-ins?told=sessions_ended"


def people(visit: Visit) -> Screen:
    return Screen("people_accounts.html", _people(visit))


def _people(visit: Visit) -> dict[str, object]:
    with visit.entrance.journal.read() as tx:
        users = sorted((one for one in tx.access.users.where(limit=5_000)), key=lambda one: (one.kind, one.login))
        names = names_of(tx, people=[ref for one in users for ref in (one.person, one.owner) if ref])
        elsewhere = {one.id for one in users if tx.access.externals_of(one.id)}
        sessions = {one.id: tx.access.sessions_of(one.id, now=visit.now) for one in users}
    seen = {key: max((one.seen_at or one.created_at) for one in found) for key, found in sessions.items() if found}
    return {"users": users, "names": names, "elsewhere": elsewhere, "seen": seen, "roles": ROLES, "shown": None}


async def create(visit: Visit, form: Form) -> Screen:
    """A new account; for a person a link is shown that signs in once, for a program its login."""
    login, person, owner = (form.get(name, "").strip() for name in ("login", "person", "owner"))
    roles = [role for role in ROLES if form.get(f"role-{role}")]
    service = form.get("kind") == "service"

    def work() -> dict[str, object]:
        user = visit.entrance.create_user(
            login, roles=roles, person=person or None, service=service, owner=owner or None, by=visit.visitor.actor
        )
        link = "" if service else link_path(visit.entrance.make_link(user, by=visit.visitor.actor))
        return {**_people(visit), "shown": {"login": user.login, "link": link, "password": ""}}

    return Screen("people_accounts.html", await run_in_threadpool(work))


async def set_roles(visit: Visit, form: Form) -> str:
    roles = [role for role in ROLES if form.get(f"role-{role}")]
    await run_in_threadpool(lambda: visit.entrance.set_roles(form.get("login", ""), roles, by=visit.visitor.actor))
    return "/accounts/people?told=roles_set"


async def switch(visit: Visit, form: Form) -> str:
    if form.get("on") not in {"yes", "no"}:
        raise BadInput("say whether it is to be on or off")
    on = form["on"] == "yes"
    await run_in_threadpool(lambda: visit.entrance.switch(form.get("login", ""), on=on, by=visit.visitor.actor))
    return "/accounts/people?told=" + ("account_on" if on else "account_off")


async def seal_again(visit: Visit, form: Form) -> Screen:
    """Make or renew a break-glass account; its password is shown this once."""

    def work() -> dict[str, object]:
        user, password = seal(
            visit.entrance.journal, visit.entrance.clock, form.get("login", ""), by=visit.visitor.actor
        )
        return {**_people(visit), "shown": {"login": user.login, "link": "", "password": password}}

    return Screen("people_accounts.html", await run_in_threadpool(work))
