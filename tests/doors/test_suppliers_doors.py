"""Suppliers, the portfolio and assets: each story through the console, the API and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doors.practice_site import PracticeSite, look, practice_site, send
from tests.flow.practice_house import by

from tickless.domain.errors import Forbidden
from tickless.domain.portfolio import EntryDraft

YAML = """
title: Hosting of the shop
party: Acme
services: [shop]
hours: Mon-Fri 08:00-18:00
targets: [{priority: 1, respond: 30, resolve: 240}]
escalation: [{name: Desk, how: +49 1}, {name: Chief, how: +49 2, after: 60}]
ends_on: 2026-04-15
notice_days: 30
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PracticeSite]:
    with practice_site(tmp_path) as made:
        yield made


def test_a_case_is_given_to_a_supplier_and_its_clocks_run(site: PracticeSite, tmp_path: Path) -> None:
    file = tmp_path / "hosting.yaml"
    file.write_text(YAML, encoding="utf-8")
    made = site.cli("ada", "supplier", "add", "--file", str(file), "--json")
    assert made["party"] == "acme"
    assert "Hosting" in site.cli("ada", "supplier", "decisions")
    assert "shop" in site.cli("ada", "supplier", "concentration")
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    site.room.tick()
    ada = site.browser("ada")
    page = send(ada, "/suppliers", "/suppliers/referrals", case="1", agreement=made["id"], reference="ACME-77")
    assert "ACME-77" in page.one("main").text
    (found,) = site.api("ada").get("/api/v1/referrals?state=open").json()["items"]
    assert found["late"] == []
    site.cli("ada", "supplier", "refer", "case=1", f"agreement={made['id']}", code=1)
    site.room.on(minutes=61)
    assert any("respond clock" in one and "turn to Chief" in one for one in site.room.told("ada"))
    key = found["referral"]["id"]
    assert "late" in look(site.browser("ada"), "/suppliers").one("main").text
    assert "answered" in site.cli("ada", "supplier", "answered", key)
    assert key in site.cli("ada", "supplier", "referrals")
    assert "over" in site.cli("ada", "supplier", "over", key)
    site.cli("ada", "supplier", "over", key, code=1)
    with site.room.house.journal.read() as tx:
        assert [one.ref for one in tx.alerts.participants(found["referral"]["case"]) if one.role == "supplier"] == [
            "acme"
        ]
    send(
        site.browser("ada"),
        "/suppliers",
        "/suppliers",
        title="Desk and network",
        party="network team",
        agreed="ola",
        hours="",
        respond="15, 60",
        resolve="",
        escalation="30; Max; extension 12",
        services="",
        ends_on="",
    )
    assert {one["kind"] for one in site.api("ada").get("/api/v1/agreements").json()["items"]} == {"contract", "ola"}
    assert (
        site.api("ada").post("/api/v1/agreements", json={"title": "x", "party": "y", "hours": "sometimes"}).status_code
        == 422
    )
    site.cli("ada", "supplier", "edit", made["id"], "--file", str(file), "notice_days=0")
    assert "ended" in site.cli("ada", "supplier", "end", made["id"])
    assert "OLA" not in site.cli("ada", "supplier", "list", "--state", "ended")


def test_a_service_recovers_by_evidence_and_passes_its_gates(site: PracticeSite) -> None:
    ada = site.browser("ada")
    assert "no recovery target" in look(ada, "/portfolio").one("main").text
    page = send(
        ada,
        "/portfolio/shop",
        "/portfolio/shop/keep",
        support="Two tiers, by day",
        recovery_minutes="60",
        loss_minutes="5",
    )
    assert "no failover was ever shown" in page.one("main").text
    page = send(ada, "/portfolio/shop", "/portfolio/shop/failover", at="2026-03-01T10:00", worked="yes", recovery_minutes="45",
                loss_minutes="1", evidence="drill of March")  # fmt: skip
    assert "kept the targets" in page.one("main").text
    assert "Shop: live" in site.cli("ada", "portfolio", "keep", "shop", "loss_minutes=10")
    site.cli(
        "ada",
        "portfolio",
        "failover",
        "shop",
        "at=2026-03-02T08:00:00Z",
        "worked=true",
        "recovery_minutes=90",
        "evidence=an outage",
    )
    assert "missed" in site.cli("ada", "portfolio", "list")
    site.cli("ada", "portfolio", "move", "shop", "to=retired", code=1)
    assert "retiring" in site.cli("ada", "portfolio", "move", "shop", "to=retiring")
    assert "drill of March" in site.cli("ada", "portfolio", "show", "shop")
    desk = site.room.desk.portfolio
    assert desk.keep("shop", EntryDraft(support="Mine"), by=by("dee")).entry.support == "Mine", (
        "the owner of the service"
    )
    with pytest.raises(Forbidden):
        desk.keep("mail", EntryDraft(support="Not mine"), by=by("dee"))
    assert site.room.actions("service:shop")[0] == "portfolio.kept"


def test_a_register_of_assets_comes_in_from_a_file(site: PracticeSite) -> None:
    assert "warranty_until" in site.cli("ada", "record", "template", "assets")
    eve = next(one for one in site.entrance.users() if one.login == "eve")
    admin = site.api("eve")
    admin.headers["Authorization"] = (
        f"Bearer {site.entrance.create_token('t', user=eve, scopes=['admin', 'read']).token}"
    )
    text = "tag,name,type,assigned to,end of support\nNAS-1,Old server,server,cy,2026-01-01\nNAS-2,Box,box,nobody,\n"
    csv = {"content": text, "headers": {"Content-Type": "text/csv"}}
    refused = admin.post("/api/v1/records/assets", **csv)
    assert (refused.status_code, "nobody called" in refused.text) == (422, True)
    assert admin.get("/api/v1/assets").json()["items"] == []
    assert admin.post("/api/v1/records/assets?partial=true", **csv).json()["added"] == 1
    (found,) = admin.get("/api/v1/assets").json()["items"]
    assert (found["asset"]["id"], found["asset"]["owner"], found["support"]) == ("NAS-1", "cy", "ended")
    assert "Old server" in site.cli("ada", "asset", "list")
    assert site.room.actions("records:assets") == ["records.imported"]


def test_assets_say_how_they_stand(site: PracticeSite) -> None:
    page = send(
        site.browser("ada"),
        "/portfolio/assets",
        "/portfolio/assets",
        title="Old server",
        asset_kind="server",
        service="shop",
        state="in_use",
        owner="cy",
        supported_until="2026-01-01",
        open_weaknesses="7",
    )
    assert "its maker supports it no more" in page.one("main").text
    (found,) = site.api("ada").get("/api/v1/assets").json()["items"]
    assert (found["risk"], found["support"]) == ("high", "ended")
    key = found["asset"]["id"]
    assert "unknown" in site.cli("ada", "asset", "add", "title=A switch", "kind=network", "owner=cy")
    assert "low" in site.cli("ada", "asset", "edit", key, "title=Old server", "kind=server", "state=disposed")
    assert "disposed" in site.cli("ada", "asset", "show", key)
    assert "A switch" in site.cli("ada", "asset", "list")
    assert "Old server" in look(site.browser("ada"), "/portfolio/assets").one("main").text
