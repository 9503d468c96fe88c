"""Material assets: owner, life, support, warranty and risk of each; one of them to be changed."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.portfolio import Asset, AssetDraft
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Names, Sent, forms, names_in, pages, parsed
from tickless.doors.console.wording import Tone
from tickless.flow.desk.practices.portfolio import AssetShown

TABS = (("/portfolio", "Services"), ("/portfolio/assets", "Assets"))
PURPOSE = "What services run on and consist of: whose it is, how long its maker supports it, and how risky it is."
HEAD = ("Asset", "Kind", "State", "Support", "Warranty", "Risk")
TONES: dict[str, Tone] = {
    "good": "good", "ends_soon": "warn", "ended": "bad", "unknown": "info", "low": "good", "medium": "warn", "high": "bad",
}  # fmt: skip
KINDS = ("server", "network", "storage", "endpoint", "software", "facility", "other")
STATES = ("ordered", "in_stock", "in_use", "retired", "disposed")


def routes(frame: Frame) -> list[BaseRoute]:
    return pages(frame, "/portfolio/assets", page, one=one, add=add, deeds={"keep": keep})


def page(visit: Visit) -> Screen:
    found = visit.desk.practices.portfolio.assets()
    names = names_in(visit, [one.asset.owner for one in found])
    table = ui.Rows("Assets", HEAD, [row(it, names) for it in found], "No asset is on record",
                    "Write the first one down beside this.")  # fmt: skip
    form = ui.Form("A new asset", "/portfolio/assets", _fields(names), "Write it down")
    return ui.screen(ui.Sheet("Assets", PURPOSE, (table,), forms(visit, form), tabs=TABS))


def row(shown: AssetShown, names: Names) -> tuple[ui.Cell, ...]:
    """An asset; a service's page shows its own the same way."""
    it, stands = shown.asset, shown.posture
    under = (it.id, it.serial, names.person(it.owner, "no owner"), *stands.why)
    return (ui.What(ui.Link(it.title, f"/portfolio/assets/{it.id}"), under), it.kind, it.state.replace("_", " "),
            *(_tag(word) for word in (stands.support, stands.warranty, stands.risk)))  # fmt: skip


def _tag(word: str) -> ui.Tag:
    return ui.Tag(word.replace("_", " "), TONES[word])


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.portfolio.asset(visit.path("id"))
    it, stands = shown.asset, shown.posture
    names = names_in(visit, [it.owner])
    place = ui.Link(names.service(it.service), f"/portfolio/{it.service}") if it.service else "none in particular"
    facts = ui.Facts("How it stands", ui.said((
        ("State", it.state.replace("_", " ")), ("Service", place), ("Owner", names.person(it.owner, "nobody")),
        ("Kind", it.kind), ("Supplier", it.supplier), ("Serial number", it.serial),
        ("Support", (_tag(stands.support), str(it.supported_until or ""))),
        ("Warranty", (_tag(stands.warranty), str(it.warranty_until or ""))),
        ("Risk", (_tag(stands.risk), "; ".join(stands.why))), ("Note", it.note),
    )))  # fmt: skip
    form = ui.Form("Change it", f"/portfolio/assets/{it.id}/keep", _fields(names, it), "Keep it")
    crumb = ui.Link("Assets", "/portfolio/assets")
    return ui.screen(ui.Sheet(it.title, f"{it.id}: {PURPOSE}", (facts,), forms(visit, form), crumb=crumb))


def _fields(names: Names, it: Asset | None = None) -> tuple[ui.Field, ...]:
    """Filled with what is known of an asset."""

    def value(name: str) -> str:
        known = getattr(it, name, None)
        return "" if known is None else str(known)

    kind = value("kind") or KINDS[0]
    return (
        ui.Field("title", "What it is", value=value("title"), required=True),
        ui.Field("asset_kind", "Kind", "select", tuple((one, one) for one in dict.fromkeys((*KINDS, kind))), value=kind),
        ui.Field("state", "State", "select", tuple((one, one.replace("_", " ")) for one in STATES),
                 value=value("state") or "in_use"),
        ui.Field("service", "Service", "select", names.pick_service("none in particular"), value=value("service")),
        ui.Field("owner", "Owner", value=value("owner"), help="User name."),
        ui.Field("supplier", "Supplier", value=value("supplier")),
        ui.Field("serial", "Serial number", value=value("serial")),
        ui.Field("warranty_until", "Warranty until", "date", value=value("warranty_until")),
        ui.Field("supported_until", "Supported until", "date", value=value("supported_until")),
        ui.Field("open_weaknesses", "Weaknesses that are not mended", "number", value=value("open_weaknesses"),
                 help="Empty: nobody has looked."),
        ui.Field("note", "Note", "area", value=value("note")),
    )  # fmt: skip


def _draft(sent: Sent, **kept: str) -> AssetDraft:
    given = {
        name: sent.maybe(name, 200)
        for name in ("service", "owner", "warranty_until", "supported_until", "open_weaknesses")
    }
    return parsed(AssetDraft, title=sent.text("title", 200), kind=sent.text("asset_kind", 200), state=sent.text("state"),
                  supplier=sent.text("supplier", 200), serial=sent.text("serial", 200), note=sent.text("note"),
                  **given, **kept)  # fmt: skip


def add(sent: Sent) -> str:
    sent.desk.portfolio.keep_asset(_draft(sent), by=sent.by)
    return "/portfolio/assets"


def keep(sent: Sent) -> str:
    """What the form does not ask for stays."""
    known = sent.desk.portfolio.asset(sent.key).asset
    sent.desk.portfolio.keep_asset(_draft(sent, item=known.item), by=sent.by, identity=sent.key)
    return f"/portfolio/assets/{sent.key}"
