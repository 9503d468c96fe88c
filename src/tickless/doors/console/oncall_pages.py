"""Pages: who was called for what, and one of them, on which whoever was called says that they have it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from tickless.domain.oncall import PageOut
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Names, Sent, acts, names_in
from tickless.doors.console.wording import Tone
from tickless.flow.desk.practices.oncall_pages import NoticeShown

STATES: dict[str, tuple[str, Tone]] = {
    "calling": ("calling", "bad"), "acknowledged": ("somebody has it", "good"), "unanswered": ("nobody answered", "bad"),
    "over": ("over", "info"),
}  # fmt: skip
WAITS = frozenset({"calling", "unanswered"})


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/on-call/pages/{id}", "own_cases", paged),
        *acts(frame, "/on-call/pages", {"acknowledge": acknowledge, "pass-on": pass_on}),
    ]


def table(found: Sequence[PageOut], names: Names) -> ui.Rows:
    """The latest first."""
    return ui.Rows(
        "Pages", ("For", "Called", "State", "When", ""), [_row(it, names) for it in found], "Nobody was called"
    )


def _row(it: PageOut, names: Names) -> tuple[ui.Cell, ...]:
    at = f"/on-call/pages/{it.id}"
    have = ui.Deed("I have it", f"{at}/acknowledge", (), it.title) if it.state in WAITS else None
    called = names.people((call.person for call in it.calls), "nobody yet" if it.state in WAITS else "nobody")
    return (ui.What(ui.Link(it.title, at), (f"case {it.number}",)), called, ui.Tag(*STATES[it.state]),
            ui.When(it.made_at), have)  # fmt: skip


def paged(visit: Visit) -> Screen:
    """One page; whoever was called may see it and say that they have it."""
    found = visit.desk.practices.on_call.pages.show(visit.path("id"))
    names = names_in(
        visit, [found.acknowledged_by, *(call.person for call in found.calls), *(one.by for one in found.story)]
    )
    sent = [_notice(one, names) for one in visit.desk.practices.on_call.pages.sent(found)]
    calls = [(ui.When(call.at), names.person(call.person), f"step {call.step + 1}") for call in found.calls]
    facts = ui.Facts("Facts", ui.said((
        ("State", ui.Tag(*STATES[found.state])), ("Case", ui.Link(f"#{found.number}", f"/cases/{found.number}")),
        ("Has it", names.person(found.acknowledged_by)), ("Since", ui.When(found.made_at)),
        ("Urgent", "yes" if found.urgent else "no: quiet hours count"),
        ("Waits until", _waits(found, visit)), ("How you are paged", ui.Link("your rules", "/on-call/rules")),
    )))  # fmt: skip
    blocks: tuple[ui.Block, ...] = (
        *(_answers(found.id) if found.state in WAITS else ()),
        ui.Rows("Called", ("When", "Who", "Why"), calls, "Nobody yet"),
        ui.Rows(
            "What was sent",
            ("When", "To whom", "By which rule", "Where", "Got there"),
            sent,
            "Nothing yet",
            "Whoever is called is paged by their own rules; a page that is not urgent waits for their quiet hours to end.",
        ),
        ui.story(found.story, names.person),
    )
    purpose = "Who is called for this case, until somebody says that they have it."
    return ui.screen(ui.Sheet(found.title, purpose, blocks, (facts,), crumb=ui.Link("On-call", "/on-call")))


def _waits(page: PageOut, visit: Visit) -> ui.When | None:
    waits = page.waits_until if page.state in WAITS else None
    return ui.When(waits) if waits is not None and waits > visit.now else None


def _notice(one: NoticeShown, names: Names) -> tuple[ui.Cell, ...]:
    notice = one.notice
    where: ui.Cell = notice.channel or "web chat"
    if notice.why:
        where = ui.What(notice.channel or "web chat", (notice.why,))
    got = ui.When(one.sent_at) if one.sent_at else ui.Tag("never", "bad") if one.failed else ui.Tag("not yet", "warn")
    return (ui.When(notice.at), names.person(notice.person), notice.rule, where,
            (got, one.reason) if one.reason and not one.sent_at else got)  # fmt: skip


def _answers(page: str) -> tuple[ui.Form, ...]:
    """In front of everything: who looks at it on a telephone was woken by it."""
    at = f"/on-call/pages/{page}"
    return (
        ui.Form("Is it yours?", f"{at}/acknowledge", (), "I have it", "Nobody else is called then."),
        ui.Form(
            "Is it not?", f"{at}/pass-on", (), "Call the next one", "The next step calls at once, without waiting."
        ),
    )


def acknowledge(sent: Sent) -> str:
    sent.desk.on_call.pages.acknowledge(sent.key, by=sent.by)
    return f"/on-call/pages/{sent.key}"


def pass_on(sent: Sent) -> str:
    return f"/on-call/pages/{sent.desk.on_call.pages.pass_on(sent.key, by=sent.by).id}"
