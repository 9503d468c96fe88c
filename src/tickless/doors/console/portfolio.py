"""The service portfolio, one service of it, and material assets."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.portfolio import STAGES, AssetDraft, EntryDraft, FailoverDraft, Stage
from tickless.domain.record import Record
from tickless.doors.console.frame import Form as Sent
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_forms import parsed, people_and_services
from tickless.doors.console.sheet import (
    Block,
    Cell,
    Facts,
    Field,
    Form,
    Link,
    Rows,
    Sheet,
    Tag,
    What,
    When,
    at_field,
    choice,
    moment,
    screen,
    story,
    text,
)
from tickless.doors.console.wording import Tone
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.portfolio import AssetShown

TABS = (("/portfolio", "Services"), ("/portfolio/assets", "Assets"))
PURPOSE = (
    "What each service is, whose, how it is supported, where in its life it is, and whether its recovery was shown."
)
TONES: dict[str, Tone] = {
    "good": "good",
    "ends_soon": "warn",
    "ended": "bad",
    "unknown": "info",
    "low": "good",
    "medium": "warn",
    "high": "bad",
}
KINDS = ("server", "network", "storage", "endpoint", "software", "facility", "other")
ASSET_STATES = ("ordered", "in_stock", "in_use", "retired", "disposed")


class _Stage(Record):
    to: Stage


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/portfolio", "read", page),
        frame.show("/portfolio/assets", "read", assets),
        frame.deed("/portfolio/assets", "own_cases", add_asset),
        frame.show("/portfolio/{id}", "read", one),
        frame.deed("/portfolio/{id}/{deed}", "own_cases", do),
    ]


def page(visit: Visit) -> Screen:
    found = visit.desk.practices.portfolio.listed()
    people = _names(visit, [one.service.owner for one in found])
    rows = [
        (What(Link(it.service.name, f"/portfolio/{it.service.id}"), (people.get(it.service.owner or "", "no owner"),)),
         str(it.service.criticality or "not said"), Tag(it.entry.state),
         f"{it.entry.recovery_minutes} min" if it.entry.recovery_minutes is not None else None,
         What("; ".join(it.gaps)) if it.gaps else Tag("none", "good"))
        for it in found
    ]  # fmt: skip
    table = Rows(
        "Services",
        ("Service", "Criticality", "Stage", "Recovery target", "Gaps of continuity"),
        rows,
        "There is no service",
    )
    return screen(Sheet("Service portfolio", PURPOSE, (table,), tabs=TABS))


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.portfolio.show(visit.path("id"))
    service, entry = shown.service, shown.entry
    people = _names(
        visit, [service.owner, *(event.by for event in entry.story), *(tried.by for tried in entry.failovers)]
    )
    tests = [
        (When(tried.at), Tag("kept the targets" if kept else "missed them", "good" if kept else "bad"),
         f"{tried.recovery_minutes:g} min" if tried.recovery_minutes is not None else None,
         f"{tried.loss_minutes:g} min" if tried.loss_minutes is not None else None, What(tried.evidence))
        for tried, kept in zip(reversed(entry.failovers), reversed(shown.kept), strict=True)
    ]  # fmt: skip
    blocks: tuple[Block, ...] = (
        Rows(
            "Failovers",
            ("When", "Result", "Worked after", "Data lost", "Evidence"),
            tests,
            "No failover was ever shown",
        ),
        Rows(
            "Assets",
            ASSET_HEAD,
            [_asset_row(one, people) for one in visit.desk.practices.portfolio.assets(service=service.id)],
            "No asset is on record for it",
        ),
        story(entry.story, people),
    )
    lost = entry.loss_minutes if entry.loss_minutes is not None else "?"
    target = f"{entry.recovery_minutes} min, at most {lost} min of data"
    facts = Facts(
        "Facts",
        (
            ("Stage", Tag(entry.state)),
            ("Owner", people.get(service.owner or "", "nobody")),
            ("Criticality", str(service.criticality or "not said")),
            ("Has to work", service.hours or "not said"),
            ("Support", entry.support or "not written down"),
            ("Recovery", target if entry.recovery_minutes is not None else "no target"),
            ("Gaps", "; ".join(shown.gaps) or "none"),
            ("Map", Link(service.name, f"/map?focus={service.id}")),
        ),
    )
    base = f"/portfolio/{service.id}"
    forms = (
        (
            Form(
                "Support and recovery",
                f"{base}/keep",
                (
                    Field("support", "Support model", "area", value=entry.support),
                    Field(
                        "recovery_minutes",
                        "Works again within minutes (RTO)",
                        "number",
                        value=_said(entry.recovery_minutes),
                    ),
                    Field(
                        "loss_minutes", "Data lost at most, minutes (RPO)", "number", value=_said(entry.loss_minutes)
                    ),
                ),
                "Keep it",
            ),
            Form(
                "A failover that was tried or needed",
                f"{base}/failover",
                (
                    Field("at", "When (UTC)", "moment", value=at_field(visit.now), required=True),
                    Field("worked", "It worked", "check", value="yes"),
                    Field("recovery_minutes", "Worked after minutes", "number"),
                    Field("loss_minutes", "Minutes of data lost", "number"),
                    Field("evidence", "What shows it", required=True),
                ),
                "Keep it",
            ),
            Form(
                "Through a gate",
                f"{base}/move",
                (
                    Field("to", "To", "select", tuple((stage, stage) for stage in STAGES), value=entry.state),
                    Field("note", "Note"),
                ),
                "Move it",
            ),
        )
        if visit.visitor.may("own_cases")
        else ()
    )
    return screen(Sheet(service.name, PURPOSE, blocks, (facts, *forms), crumb=Link("Service portfolio", "/portfolio")))


ASSET_HEAD = ("Asset", "Kind", "State", "Support", "Warranty", "Risk")


def assets(visit: Visit) -> Screen:
    found = visit.desk.practices.portfolio.assets()
    people, services = people_and_services(visit)
    names = {**people, **_names(visit, [one.asset.owner for one in found])}
    table = Rows("Assets", ASSET_HEAD, [_asset_row(one, names) for one in found], "No asset is on record")
    form = Form(
        "A new asset",
        "/portfolio/assets",
        (
            Field("title", "What it is", required=True),
            Field("asset_kind", "Kind", "select", tuple((kind, kind) for kind in KINDS)),
            Field(
                "state",
                "State",
                "select",
                tuple((state, state.replace("_", " ")) for state in ASSET_STATES),
                value="in_use",
            ),
            Field(
                "service",
                "Service",
                "select",
                choice(sorted(services.items(), key=lambda pair: pair[1]), none="none in particular"),
            ),
            Field("owner", "Owner", help="User name."),
            Field("supplier", "Supplier"),
            Field("serial", "Serial number"),
            Field("warranty_until", "Warranty until", "date"),
            Field("supported_until", "Supported until", "date"),
            Field("open_weaknesses", "Weaknesses that are not mended", "number", help="Empty: nobody has looked."),
        ),
        "Write it down",
    )
    purpose = "What services run on and consist of: whose it is, how long its maker supports it, and how risky it is."
    return screen(Sheet("Assets", purpose, (table,), (form,) if visit.visitor.may("own_cases") else (), tabs=TABS))


def _asset_row(shown: AssetShown, names: dict[str, str]) -> tuple[Cell, ...]:
    it, stands = shown.asset, shown.posture
    under = (it.id, it.serial, names.get(it.owner or "", it.owner or "no owner"), *stands.why)
    return (What(it.title, under), it.kind, it.state.replace("_", " "),
            *(Tag(word.replace("_", " "), TONES[word]) for word in (stands.support, stands.warranty, stands.risk)))  # fmt: skip


def _said(number: int | None) -> str:
    return "" if number is None else str(number)


def _names(visit: Visit, people: list[str | None]) -> dict[str, str]:
    with visit.desk.journal.read() as tx:
        return {
            key: known.name
            for key in sorted({one for one in people if one})
            if (known := tx.people.get(key)) is not None
        }


async def add_asset(visit: Visit, form: Sent) -> str:
    given = {
        name: text(form, name, 200) or None
        for name in ("service", "owner", "warranty_until", "supported_until", "open_weaknesses")
    }
    draft = parsed(AssetDraft, title=text(form, "title", 200), kind=text(form, "asset_kind"), state=text(form, "state"),
                   supplier=text(form, "supplier", 200), serial=text(form, "serial", 200), **given)  # fmt: skip
    by = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.practices.portfolio.keep_asset(draft, by=by))
    return "/portfolio/assets?told=kept_record"


async def do(visit: Visit, form: Sent) -> str:
    desk, by, key = visit.desk.practices.portfolio, keeper_of(visit.visitor), visit.path("id")
    numbers = {name: text(form, name) or None for name in ("recovery_minutes", "loss_minutes")}
    match visit.path("deed"):
        case "keep":
            draft = parsed(EntryDraft, support=text(form, "support"), **numbers)
            await run_in_threadpool(lambda: desk.keep(key, draft, by=by))
        case "failover":
            tried = parsed(FailoverDraft, at=moment(form, "at"), worked=form.get("worked") == "yes",
                           evidence=text(form, "evidence", 200), **numbers)  # fmt: skip
            await run_in_threadpool(lambda: desk.failover(key, tried, by=by))
        case "move":
            to = parsed(_Stage, to=text(form, "to")).to
            await run_in_threadpool(lambda: desk.move(key, to, by=by, note=text(form, "note", 1_000)))
        case _:
            raise BadInput("there is no such deed")
    return f"/portfolio/{key}?told=kept_record"
