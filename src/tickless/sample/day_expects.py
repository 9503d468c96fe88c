"""What breaks for a person, and what must have come of it: the pieces that the human door's events are made of."""

from __future__ import annotations

from tickless.domain.person import App, Person
from tickless.sample.day_events import Effect, Expect, Fact, Fault, Reply


def locked(person: Person) -> tuple[Fault, ...]:
    return (Fault("lock", person.username),)


def unlocked(person: Person, *, code: bool = False, regressions: int = 0, about_them: bool = True) -> Expect:
    """`code`: their own phone got one. `about_them`: the case was about them from the first moment."""
    codes = (Effect("phone.send", person.phone or ""),) if code else ()
    return Expect(
        "account_unlock", ("verified",), f"person:{person.id}" if about_them else "",
        effects=(Effect("directory.unlock", person.username), *codes),
        facts=(Fact("office", f"/accounts/{person.username}", "locked", "is", False),),
        regressions=regressions,
    )  # fmt: skip


def new_password(person: Person) -> Expect:
    return Expect(
        "password_reset", ("verified",), f"person:{person.id}",
        effects=(Effect("directory.set_password", person.username), Effect("phone.send", person.phone or "")),
        facts=(Fact("office", f"/accounts/{person.username}", "must_change_password", "is", True),),
        signs_in=True,
    )  # fmt: skip


def tunnel(person: Person, operation: str) -> Expect:
    """`operation`: what had to be done for it; empty when the person did it."""
    return Expect(
        "vpn_trouble", ("verified",), f"person:{person.id}",
        effects=(Effect(operation, person.username),) if operation else (),
        facts=(Fact("office", f"/vpn/tunnels/{person.username}", "connects", "is", True),),
    )  # fmt: skip


def more_room(person: Person) -> Expect:
    return Expect(
        "mailbox_quota", ("verified",), f"person:{person.id}",
        effects=(Effect("mailbox.set_quota", person.username),),
        facts=(Fact("office", f"/mailboxes/{person.username}", "percent", "below", 85.0),),
    )  # fmt: skip


def installed(person: Person, app: App, laptop: str) -> Expect:
    return Expect(
        "software_install", ("verified",), f"person:{person.id}",
        effects=(Effect("endpoint.install", f"{laptop}/{app.package}"),),
        facts=(Fact("office", f"/devices/{laptop}/software/{app.package}", "installed", "is", True),),
    )  # fmt: skip


def membership(person: Person, app: App, *, need: str, outcome: str, operation: str, there: bool) -> Expect:
    """`operation`: what must have been done, empty for nothing. `there`: whether they have the app in the end."""
    group = f"{person.username}/{app.group}"
    return Expect(
        need, (outcome,), f"person:{person.id}",
        effects=(Effect(operation, group),) if operation else (),
        facts=(Fact("office", f"/accounts/{person.username}/groups/{app.group}", "member", "is", there),),
    )  # fmt: skip


def yes_or_no(person: Person, app: App, answer: str) -> tuple[Reply, ...]:
    """The reply of whoever the app says; none when nobody is asked."""
    if answer == "approve":
        return (Reply("approve", by=(person.manager if app.approval == "manager" else app.owner) or ""),)
    return (Reply("deny", by=person.manager or "", text="not in this quarter"),) if answer == "deny" else ()
