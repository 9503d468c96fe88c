"""The service portfolio: every service, one of them with its recovery and its gates."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.portfolio import STAGES, EntryDraft, FailoverDraft, Stage
from tickless.domain.record import Record
from tickless.doors.console import assets
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, pages, parsed
from tickless.flow.desk.practices.portfolio import EntryShown

PURPOSE = (
    "What each service is, whose, how it is supported, where in its life it is, and whether its recovery was shown."
)


class _Stage(Record):
    to: Stage


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        *assets.routes(frame),
        *pages(frame, "/portfolio", page, one=one, deeds={"keep": keep, "failover": failover, "move": move}),
    ]


def page(visit: Visit) -> Screen:
    found = visit.desk.practices.portfolio.listed()
    names = names_in(visit, [one.service.owner for one in found])
    head = ("Service", "Criticality", "Stage", "Recovery target", "Last shown", "Gaps of continuity")
    table = ui.Rows("Services", head, [_row(it, names) for it in found], "There is no service")
    return ui.screen(ui.Sheet("Service portfolio", PURPOSE, (table,), tabs=assets.TABS))


def _row(it: EntryShown, names: Names) -> tuple[ui.Cell, ...]:
    what = ui.What(
        ui.Link(it.service.name, f"/portfolio/{it.service.id}"), (names.person(it.service.owner, "no owner"),)
    )
    tried = it.entry.failovers[-1] if it.entry.failovers else None
    shown = (ui.When(tried.at), _kept(it.kept[-1])) if tried is not None else None
    gaps = ui.What("; ".join(it.gaps)) if it.gaps else ui.Tag("none", "good")
    return (what, str(it.service.criticality or "not said"), ui.Tag(it.entry.state), _target(it), shown, gaps)


def _kept(kept: bool) -> ui.Tag:
    return ui.Tag("kept the targets", "good") if kept else ui.Tag("missed them", "bad")


def _target(it: EntryShown) -> str | None:
    target, lost = it.entry.recovery_minutes, it.entry.loss_minutes
    return None if target is None else f"{target} min, at most {'?' if lost is None else lost} min of data"


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.portfolio.show(visit.path("id"))
    service, entry = shown.service, shown.entry
    mine = visit.desk.practices.portfolio.assets(service=service.id)
    names = names_in(visit, [service.owner, *(event.by for event in entry.story), *(one.asset.owner for one in mine)])
    blocks: tuple[ui.Block, ...] = (
        _failovers(shown),
        ui.Rows("Assets", assets.HEAD, [assets.row(it, names) for it in mine], "No asset is on record for it"),
        ui.story(entry.story, names.person),
    )
    beside: tuple[ui.Block, ...] = (_facts(shown, names), *forms(visit, *_forms(visit, shown)))
    crumb = ui.Link("Service portfolio", "/portfolio")
    return ui.screen(ui.Sheet(service.name, PURPOSE, blocks, beside, crumb=crumb))


def _failovers(shown: EntryShown) -> ui.Rows:
    rows = [
        (ui.When(tried.at), _kept(kept), _minutes(tried.recovery_minutes), _minutes(tried.loss_minutes),
         ui.What(tried.evidence))
        for tried, kept in zip(reversed(shown.entry.failovers), reversed(shown.kept), strict=True)
    ]  # fmt: skip
    head = ("When", "Result", "Worked after", "Data lost", "Evidence")
    return ui.Rows(
        "Failovers", head, rows, "No failover was ever shown", "Write down the next drill, or the next outage."
    )


def _minutes(number: float | None) -> str | None:
    return None if number is None else f"{number:g} min"


def _facts(shown: EntryShown, names: Names) -> ui.Facts:
    service, entry = shown.service, shown.entry
    return ui.Facts("Facts", (
        ("Stage", ui.Tag(entry.state)), ("Owner", names.person(service.owner, "nobody")),
        ("Criticality", str(service.criticality or "not said")), ("Has to work", service.hours or "not said"),
        ("Support", entry.support or "not written down"), ("Recovery", _target(shown) or "no target"),
        ("Gaps", "; ".join(shown.gaps) or "none"), ("Map", ui.Link(service.name, f"/map?focus={service.id}")),
    ))  # fmt: skip


def _forms(visit: Visit, shown: EntryShown) -> tuple[ui.Form, ...]:
    base, entry = f"/portfolio/{shown.service.id}", shown.entry
    return (
        ui.Form("Support and recovery", f"{base}/keep", (
            ui.Field("support", "Support model", "area", value=entry.support),
            ui.Field("recovery_minutes", "Works again within minutes (RTO)", "number", value=_said(entry.recovery_minutes)),
            ui.Field("loss_minutes", "Data lost at most, minutes (RPO)", "number", value=_said(entry.loss_minutes)),
        ), "Keep it"),
        ui.Form("A failover that was tried or needed", f"{base}/failover", (
            ui.Field("at", "When (UTC)", "moment", value=ui.at_field(visit.now), required=True),
            ui.Field("worked", "It worked", "check", value="yes"),
            ui.Field("recovery_minutes", "Worked after minutes", "number"),
            ui.Field("loss_minutes", "Minutes of data lost", "number"),
            ui.Field("evidence", "What shows it", required=True),
        ), "Keep it"),
        ui.Form("Through a gate", f"{base}/move", (
            ui.Field("to", "To", "select", tuple((stage, stage) for stage in STAGES), value=entry.state),
            ui.Field("note", "Note"),
        ), "Move it"),
    )  # fmt: skip


def _said(number: int | None) -> str:
    return "" if number is None else str(number)


def keep(sent: Sent) -> str:
    draft = parsed(EntryDraft, support=sent.text("support"), **_targets(sent))
    sent.desk.portfolio.keep(sent.key, draft, by=sent.by)
    return f"/portfolio/{sent.key}"


def failover(sent: Sent) -> str:
    tried = parsed(FailoverDraft, at=sent.moment("at"), worked=sent.ticked("worked"), evidence=sent.text("evidence", 200),
                   **_targets(sent))  # fmt: skip
    sent.desk.portfolio.failover(sent.key, tried, by=sent.by)
    return f"/portfolio/{sent.key}"


def move(sent: Sent) -> str:
    to = parsed(_Stage, to=sent.text("to")).to
    sent.desk.portfolio.move(sent.key, to, by=sent.by, note=sent.text("note", 1_000))
    return f"/portfolio/{sent.key}"


def _targets(sent: Sent) -> dict[str, str | None]:
    return {name: sent.maybe(name) for name in ("recovery_minutes", "loss_minutes")}
