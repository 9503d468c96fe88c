"""Targets as services and instances; whatever stands in a target, an inventory comes out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.prometheus.probes import USUAL
from tickless.connectors.prometheus.reading import read_targets
from tickless.sdk.capabilities.inventory import Inventory
from tickless.sdk.fields import Fields


def read(*labels: object) -> Inventory:
    found = [Fields({"labels": one}) for one in labels]
    return read_targets(
        found, service_labels=USUAL.service_labels, team_labels=USUAL.team_labels, leave=USUAL.leave, whole=True
    )


def test_labels_name_services_and_watchers_are_none() -> None:
    found = read(
        {"job": "shop", "instance": "a:1", "service": "shop-web", "team": "web"},
        {"job": "shop", "instance": "b:1", "service": "shop-web"},
        {"job": "orders", "instance": "a:2"},
        {"job": "node", "instance": "a:9100"},
        {"job": "nameless"},
    )
    assert [(one.name, one.team) for one in found.services] == [("shop-web", "web"), ("orders", "")]
    assert [(one.name, one.service) for one in found.items] == [
        ("a:1", "shop-web"), ("b:1", "shop-web"), ("a:2", "orders"), ("a:9100", ""),
    ]  # fmt: skip
    assert len(found.misfits) == 1
    assert found.misfits[0].mend


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["job", "instance", "service", "team"]), st.text() | st.none() | st.integers())
    )
)
def test_any_labels_give_an_inventory(labels: list[dict[str, object]]) -> None:
    found = read(*labels)
    names = {one.name for one in found.services}
    assert all(one.service in {"", *names} for one in found.items)
    assert len(found.items) + len(found.misfits) <= len(labels)
