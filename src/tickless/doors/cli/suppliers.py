"""`tickless supplier …`, `tickless portfolio …` and `tickless asset …`."""

from __future__ import annotations

from typing import Any

import typer

from tickless.doors.cli.practice import add_deed, add_list, add_show

supplier = typer.Typer(
    no_args_is_help=True, help="Suppliers: agreements, cases that are with them, clocks, what hangs on whom."
)
portfolio = typer.Typer(
    no_args_is_help=True, help="The service portfolio: support, gates, recovery targets with evidence."
)
asset = typer.Typer(no_args_is_help=True, help="Material assets: owner, lifecycle, support, warranty, risk.")


def _referral(done: dict[str, Any]) -> str:
    found = done["referral"]
    return f"{found['id']}: {found['state']}; an answer is due {found['respond_by'] or 'at no agreed time'}."


def _entry(done: dict[str, Any]) -> str:
    return f"{done['service']['name']}: {done['entry']['state']}. {'; '.join(done['gaps']) or 'No gap of continuity.'}"


def _asset(done: dict[str, Any]) -> str:
    return f"{done['asset']['id']}: risk {done['risk']}: {'; '.join(done['why'])}."


add_list(
    supplier,
    "/agreements",
    {"id": "id", "agreement": "title", "kind": "kind", "with": "party", "state": "state", "ends": "ends_on"},
    empty="There is no agreement.",
    about="List contracts and OLAs.",
)
LISTS = ("services", "targets", "escalation")
add_deed(supplier, "add", "/agreements", lists=LISTS, about="Write an agreement down, best as YAML with --file.")
add_deed(supplier, "edit", "/agreements/{id}", lists=LISTS, method="put", about="Write an agreement anew.")
add_deed(supplier, "end", "/agreements/{id}/end", about="An agreement holds no more.")
add_list(
    supplier,
    "/agreements/decisions",
    {"agreement": "agreement", "title": "title", "with": "party", "decide by": "decide_by"},
    empty="Nothing is to be decided.",
    name="decisions",
    about="Agreements to decide about.",
)
add_list(supplier, "/agreements/concentration", {"supplier": "supplier", "critical services": "services"},
         empty="No critical service hangs on a supplier.", name="concentration", about="What hangs on whom.")  # fmt: skip
add_list(
    supplier,
    "/referrals",
    {
        "id": "referral.id",
        "case": "referral.number",
        "with": "referral.party",
        "state": "referral.state",
        "answer by": "referral.respond_by",
        "late": "late",
    },
    empty="No case is with others.",
    name="referrals",
    about="Cases that are with others; --state open.",
)
add_deed(
    supplier, "refer", "/referrals", about="Give a case to somebody else: case=2041 agreement=agr-1.", told=_referral
)
add_deed(supplier, "answered", "/referrals/{id}/answered", about="They answered.", told=_referral)
add_deed(supplier, "over", "/referrals/{id}/over", about="It is over.", told=_referral)

add_list(portfolio, "/portfolio", {"service": "service.name", "criticality": "service.criticality", "stage": "entry.state",
                                   "recovery target": "entry.recovery_minutes", "gaps": "gaps"}, empty="There is no service.",
         about="List the service portfolio.")  # fmt: skip
add_show(portfolio, "/portfolio")
add_deed(
    portfolio, "keep", "/portfolio/{id}", method="put", about="support=… recovery_minutes=… loss_minutes=…", told=_entry
)
add_deed(portfolio, "move", "/portfolio/{id}/stage", about="Through a gate: to=live.", told=_entry)
add_deed(portfolio, "failover", "/portfolio/{id}/failovers", about="at=… recovery_minutes=… evidence=…", told=_entry)

add_list(
    asset,
    "/assets",
    {
        "id": "asset.id",
        "asset": "asset.title",
        "kind": "asset.kind",
        "state": "asset.state",
        "support": "support",
        "warranty": "warranty",
        "risk": "risk",
    },
    empty="There is no asset.",
    about="List assets.",
)
add_show(asset, "/assets")
add_deed(
    asset, "add", "/assets", about="Write an asset down: title, kind, service, owner, supported_until …", told=_asset
)
add_deed(asset, "edit", "/assets/{id}", method="put", about="Write an asset anew.", told=_asset)
