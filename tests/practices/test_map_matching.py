"""What sources find becomes claims: any inventory gives claims that hold together, and rows with a reason and a mend."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.service import Service
from tickless.domain.world import World
from tickless.practices.services.matching import Matched, Teller, match
from tickless.sdk.capabilities.inventory import FoundEdge, FoundItem, FoundService, Inventory

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
TELLER = Teller("cluster", "kubernetes", NOW)
KNOWN = World.of(
    services=[Service(id="shop-web", name="Shop website", aliases=("shop",)), Service(id="db", name="Orders DB")]
)


def matched(found: Inventory, before: Matched | None = None, known: World = KNOWN) -> Matched:
    return match(found, teller=TELLER, known=known, before=before.claims.values() if before else ())


REFS = st.sampled_from(["r1", "r2", "r3", "r4"])
NAMES = st.sampled_from(["api", "API", "Shop website", "shop", "db", "…", "Web shop", "\u200b", "x" * 120]) | st.text(
    min_size=1, max_size=20
)
SERVICES = st.lists(
    st.builds(FoundService, ref=REFS, name=NAMES, scope=st.sampled_from(["", "a", "b"]), kind=st.sampled_from(["", "app"]),
              hours=st.sampled_from(["", "Mon-Fri 08:00-18:00", "never"])),
    max_size=4, unique_by=lambda one: one.ref,
)  # fmt: skip
EDGES = st.lists(st.builds(FoundEdge, service=REFS | NAMES, needs=REFS | NAMES, confidence=st.floats(0, 1)), max_size=4)
ITEMS = st.lists(
    st.builds(FoundItem, ref=NAMES, kind=st.just("pod"), name=NAMES, service=st.just("") | REFS), max_size=3
)


@given(SERVICES, EDGES, ITEMS)
@settings(max_examples=150)
def test_any_inventory_holds_together(
    services: list[FoundService], edges: list[FoundEdge], items: list[FoundItem]
) -> None:
    found = matched(Inventory(services=tuple(services), edges=tuple(edges), items=tuple(items)))
    told = {claim.key for claim in found.claims.values() if claim.kind == "service"}
    for claim in found.claims.values():
        if claim.kind == "dependency":
            assert {claim.values["service"], claim.values["needs"]} <= told | set(KNOWN.services)
            assert claim.values["service"] != claim.values["needs"]
        if claim.kind == "service":
            Service.model_validate({**claim.values, "id": claim.key})
    refs = [claim.ref for claim in found.claims.values() if claim.kind == "service"]
    assert len(refs) == len(set(refs)) == len(told), "one service for one thing of the source"
    assert all(row.reason and row.mend and row.place for row in found.refused)


@given(SERVICES, EDGES)
@settings(max_examples=60)
def test_the_same_answer_again_is_the_same(services: list[FoundService], edges: list[FoundEdge]) -> None:
    whole = Inventory(services=tuple(services), edges=tuple(edges))
    first = matched(whole)
    again = matched(whole, first)
    assert {one.id: one.values for one in first.claims.values()} == {
        one.id: one.values for one in again.claims.values()
    }


def test_names_and_aliases_lead_to_what_is_there_and_a_rename_does_not_lead_away() -> None:
    first = matched(Inventory(services=(FoundService(ref="d/web", name="shop"),)))
    assert [one.key for one in first.claims.values()] == ["shop-web"]
    renamed = matched(Inventory(services=(FoundService(ref="d/web", name="storefront"),)), first)
    assert [one.key for one in renamed.claims.values()] == ["shop-web"]


def test_two_of_one_name_stay_apart_by_their_scope() -> None:
    both = (FoundService(ref="a/api", name="api", scope="a"), FoundService(ref="b/api", name="api", scope="b"))
    assert sorted(one.key for one in matched(Inventory(services=both)).claims.values()) == ["a-api", "b-api"]


def test_what_is_hidden_in_a_name_is_not_kept() -> None:
    odd = FoundService(ref="x", name="pay\u202eroll\u200b", description="a\nb")
    (claim,) = matched(Inventory(services=(odd,))).claims.values()
    assert claim.values["name"] == "payroll"
    assert claim.values["description"] == "a b"
