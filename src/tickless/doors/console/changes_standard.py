"""Standard changes: those that are allowed beforehand."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.change import ChangeModel, ModelDraft
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, pages, parsed

TABS = (("/changes", "Changes"), ("/changes/standard", "Standard changes"))
PURPOSE = "Changes that are allowed beforehand, as long as what comes of them is good."
BACKOUTS = (("written", "written down"), ("tested", "written down and tried"), ("none", "there is none"))


def routes(frame: Frame) -> list[BaseRoute]:
    return pages(frame, "/changes/standard", page, add=authorise, deeds={"retire": retire})


def page(visit: Visit) -> Screen:
    names = names_in(visit)
    rows = [_row(one, names) for one in visit.desk.practices.changes.standard.listed()]
    table = ui.Rows("Standard changes", ("Change", "Highest risk", "State", ""), rows, "No change is pre-authorised",
                    "What is low in risk and done the same way each time need not wait for anybody.")  # fmt: skip
    form = ui.Form("Pre-authorise a change", "/changes/standard", (
        ui.Field("title", "What is always done the same way", required=True),
        ui.Field("services", "At which services", help="Names, divided by commas; empty: at any."),
        ui.Field("most_risk", "Highest risk", "number", value="45"),
        ui.Field("backout", "The way back is", "select", BACKOUTS[:2]),
        ui.Field("backout_plan", "The way back", "area", required=True),
        ui.Field("check", "How it is seen that it works", "area"),
    ), "Authorise")  # fmt: skip
    return ui.screen(ui.Sheet("Standard changes", PURPOSE, (table,), forms(visit, form), tabs=TABS))


def _row(one: ChangeModel, names: Names) -> tuple[ui.Cell, ...]:
    tag = ui.Tag(one.state, "good" if one.state == "authorised" else "bad", one.suspended_why)
    retire_it = ui.Deed("Retire", f"/changes/standard/{one.id}/retire", (("reason", "not needed any more"),), one.title)
    return (ui.What(one.title, (one.id, names.services_of(one.services, "any service"))), str(one.most_risk), tag,
            retire_it if one.state != "retired" else None)  # fmt: skip


def authorise(sent: Sent) -> str:
    draft = parsed(
        ModelDraft, title=sent.text("title", 200), services=sent.listed("services"),
        most_risk=sent.text("most_risk") or 45, backout=sent.text("backout") or "written",
        backout_plan=sent.text("backout_plan"), check=sent.text("check"),
    )  # fmt: skip
    sent.desk.changes.standard.authorise(draft, by=sent.by)
    return "/changes/standard"


def retire(sent: Sent) -> str:
    sent.desk.changes.standard.retire(sent.key, reason=sent.text("reason", 1_000), by=sent.by)
    return "/changes/standard"
