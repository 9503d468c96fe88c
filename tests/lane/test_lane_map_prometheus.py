"""A real Prometheus says what it scrapes, and that comes out as services and instances of the map."""

from __future__ import annotations

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.prometheus import StartMonitoring
from tests.servers.watched_nginx import WatchedNginx

from tickless.sdk.capabilities.inventory import Inventory


@pytest.mark.server("prometheus")
def test_what_a_real_prometheus_scrapes_is_on_the_map(
    watched_nginx: WatchedNginx, prometheus_stack: StartMonitoring
) -> None:
    stack = prometheus_stack("http://127.0.0.1:9/", probes={"shop": watched_nginx.url}, labels={"team": "web"})
    found = run(instance_of("prometheus", {"url": stack.prometheus_url}, {}), "read").output
    assert isinstance(found, Inventory)
    assert found.whole
    assert found.misfits == ()
    assert [one.name for one in found.services] == ["shop"]
    assert watched_nginx.url in {item.name for item in found.items if item.service == "shop"}
