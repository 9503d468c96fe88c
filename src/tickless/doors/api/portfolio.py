"""The service portfolio: support models, gates, recovery targets with evidence; and material assets. Policy decides who may."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.portfolio import Asset, AssetDraft, EntryDraft, FailoverDraft, PortfolioEntry, Stage
from tickless.domain.service import Service
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.portfolio import AssetShown, EntryShown

router = new_router("portfolio")
Filter = Annotated[str | None, Query(max_length=200)]


class EntryStanding(Shown):
    service: Service
    entry: PortfolioEntry
    gaps: list[str] = Field(description="Gaps of continuity")
    kept: list[bool] = Field(description="For each failover: whether it kept the targets")


class AssetStanding(Shown):
    asset: Asset
    support: Literal["good", "ends_soon", "ended", "unknown"]
    warranty: Literal["good", "ends_soon", "ended", "unknown"]
    risk: Literal["low", "medium", "high", "unknown"]
    why: list[str]


class StageGiven(Given):
    to: Stage
    note: Annotated[str, Field(max_length=1_000)] = ""


def _entry(shown: EntryShown) -> EntryStanding:
    return EntryStanding(service=shown.service, entry=shown.entry, gaps=list(shown.gaps), kept=list(shown.kept))


def _asset(shown: AssetShown) -> AssetStanding:
    stands = shown.posture
    return AssetStanding(
        asset=shown.asset, support=stands.support, warranty=stands.warranty, risk=stands.risk, why=list(stands.why)
    )


@router.get("/portfolio", summary="List the service portfolio")
def list_portfolio(desk: DeskHere, visitor: Reader) -> Page[EntryStanding]:
    """The most critical first."""
    return Page(items=[_entry(one) for one in desk.practices.portfolio.listed()])


@router.get("/portfolio/{service}", summary="One service of the portfolio")
def get_entry(desk: DeskHere, visitor: Reader, service: str) -> EntryStanding:
    return _entry(desk.practices.portfolio.show(service))


@router.put("/portfolio/{service}", summary="Keep a support model and recovery targets")
def put_entry(desk: DeskHere, visitor: CaseReader, service: str, given: EntryDraft) -> EntryStanding:
    return _entry(desk.practices.portfolio.keep(service, given, by=keeper_of(visitor)))


@router.post("/portfolio/{service}/stage", summary="Take a service through a gate")
def move_entry(desk: DeskHere, visitor: CaseReader, service: str, given: StageGiven) -> EntryStanding:
    """Refused with everything that is missing."""
    return _entry(desk.practices.portfolio.move(service, given.to, by=keeper_of(visitor), note=given.note))


@router.post("/portfolio/{service}/failovers", summary="Note a failover")
def add_failover(desk: DeskHere, visitor: CaseReader, service: str, given: FailoverDraft) -> EntryStanding:
    """Tried or needed, with what shows it."""
    return _entry(desk.practices.portfolio.failover(service, given, by=keeper_of(visitor)))


@router.get("/assets", summary="List assets")
def list_assets(desk: DeskHere, visitor: Reader, state: Filter = None, service: Filter = None) -> Page[AssetStanding]:
    return Page(items=[_asset(one) for one in desk.practices.portfolio.assets(state=state, service=service)])


@router.post("/assets", summary="Write an asset down", status_code=201)
def add_asset(desk: DeskHere, visitor: CaseReader, given: AssetDraft) -> AssetStanding:
    return _asset(desk.practices.portfolio.keep_asset(given, by=keeper_of(visitor)))


@router.get("/assets/{identity}", summary="One asset")
def get_asset(desk: DeskHere, visitor: Reader, identity: str) -> AssetStanding:
    return _asset(desk.practices.portfolio.asset(identity))


@router.put("/assets/{identity}", summary="Write an asset anew")
def put_asset(desk: DeskHere, visitor: CaseReader, identity: str, given: AssetDraft) -> AssetStanding:
    return _asset(desk.practices.portfolio.keep_asset(given, by=keeper_of(visitor), identity=identity))
