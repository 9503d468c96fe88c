"""The portfolio: gates, gaps of continuity, posture of assets."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.portfolio import STAGES, Asset, Failover, PortfolioEntry
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.practices.portfolio.core import gaps, met, missing, posture

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
GOOD = Service(id="shop", name="Shop", owner="dee", criticality=1, hours="24x7")


def entry(**given_: object) -> PortfolioEntry:
    plain = {"id": "shop", "title": "Shop", "made_by": "a", "made_at": NOW, "support": "Two tiers", "recovery_minutes": 60,
             "failovers": (tried(),)}  # fmt: skip
    return PortfolioEntry.model_validate({**plain, **given_})


def tried(**given_: object) -> Failover:
    return Failover.model_validate(
        {"at": NOW - DAY, "by": "a", "worked": True, "recovery_minutes": 30, "evidence": "run 7", **given_}
    )


def test_a_gate_names_everything_that_is_missing() -> None:
    world = World.of(services=[GOOD])
    assert missing(GOOD, entry(state="built"), "live", world=world, now=NOW) == ()
    bare = Service(id="x", name="X")
    lacks = missing(bare, entry(state="built", support="", recovery_minutes=None), "live", world=world, now=NOW)
    assert len(lacks) == 4
    critical = bare.model_copy(update={"criticality": 1})
    assert "it has no recovery target" in missing(
        critical, entry(state="built", recovery_minutes=None), "live", world=world, now=NOW
    )
    assert any("next stage" in one for one in missing(GOOD, entry(state="idea"), "live", world=world, now=NOW))
    needed = World.of(services=[GOOD, Service(id="kiosk", name="Kiosk")],
                      dependencies=[Dependency(service="kiosk", needs="shop", source="c", last_seen=NOW)])  # fmt: skip
    assert missing(GOOD, entry(state="retiring"), "retired", world=needed, now=NOW) == ("Kiosk still need it",)


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_no_gate_is_jumped(at: str, to: str) -> None:
    lacks = missing(GOOD, entry(state=at), to, world=World.of(services=[GOOD]), now=NOW)  # type: ignore[arg-type]
    if STAGES.index(to) > STAGES.index(at) + 1 and to != "retired":
        assert lacks


def test_a_target_counts_by_dated_evidence_only() -> None:
    assert gaps(GOOD, entry(), now=NOW) == ()
    assert gaps(GOOD, None, now=NOW) == ("it has no recovery target",)
    assert gaps(GOOD, entry(failovers=()), now=NOW) == ("no failover was ever shown",)
    assert "a year ago" in gaps(GOOD, entry(failovers=(tried(at=NOW - 400 * DAY),)), now=NOW)[0]
    assert "missed" in gaps(GOOD, entry(failovers=(tried(recovery_minutes=61),)), now=NOW)[0]
    assert "missed" in gaps(GOOD, entry(failovers=(tried(recovery_minutes=None),)), now=NOW)[0]
    assert gaps(GOOD.model_copy(update={"criticality": 3}), None, now=NOW) == ()
    assert not met(entry(loss_minutes=5), tried(loss_minutes=None))


days = st.one_of(st.none(), st.integers(-400, 400).map(lambda offset: NOW.date() + offset * DAY))


@given(
    days, days, st.one_of(st.none(), st.integers(0, 9)), st.sampled_from([None, "ada"]), st.sampled_from([None, 1, 3])
)
def test_more_trouble_is_never_less_risk(
    supported: dt.date | None, warranty: dt.date | None, weak: int | None, owner: str | None, criticality: int | None
) -> None:
    asset = Asset(
        id="a",
        title="x",
        kind="server",
        made_by="a",
        made_at=NOW,
        supported_until=supported,
        warranty_until=warranty,
        open_weaknesses=weak,
        owner=owner,
    )
    order = {"low": 0, "unknown": 1, "medium": 2, "high": 3}
    found = posture(asset, today=NOW.date(), criticality=criticality)
    worse = asset.model_copy(update={"open_weaknesses": (weak or 0) + 1, "supported_until": NOW.date() - DAY})
    assert order[posture(worse, today=NOW.date(), criticality=criticality).risk] >= order[found.risk]
    assert found.why
    if supported is None and weak is None and warranty is None and owner:
        assert found.risk == "unknown", "unknown is not good"
    gone = asset.model_copy(update={"state": "retired"})
    assert posture(gone, today=NOW.date(), criticality=criticality).risk == "low"
