"""A connector calls the hosts of its settings and nobody else, however the address reached it."""

import socket
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tickless.domain.errors import Forbidden
from tickless.sdk.egress import Egress, EgressSettings, Place, egress_of, only_to, place_of, reach, reach_url
from tickless.sdk.guarding import only_named
from tickless.sdk.hosts import Host
from tickless.sdk.http import HttpClient
from tickless.sdk.manifest import Manifest
from tickless.sdk.testing import Answer, serve

HOUSE = EgressSettings()


class Settings(BaseModel):
    url: str = "https://api.example.com/v1"
    hosts: Mapping[str, Host] = {
        "web-1": Host(address="10.0.0.5", username="t"),
        "web-2": Host(address="WEB2", port=2222, username="t"),
    }
    targets: dict[str, dict[str, str]] = {"a": {"url": "http://shop.internal:8080/x"}}
    empty: str = ""


def manifest(*egress: str) -> Manifest:
    return Manifest.model_validate(
        {
            "id": "x",
            "name": "X",
            "version": "1",
            "tier": "bronze",
            "owner": "me",
            "summary": "x",
            "gives": [],
            "egress": egress,
        }
    )


def places(*entries: str, house: EgressSettings = HOUSE) -> set[str]:
    return {str(place) for place in egress_of("x", manifest(*entries), Settings(), house).places}


def test_hosts_come_out_of_settings_and_manifest() -> None:
    assert places("settings.url") == {"api.example.com:443"}
    assert places("settings.hosts") == {"10.0.0.5:22", "web2:2222"}
    assert places("settings.targets.*.url") == {"shop.internal:8080"}
    assert places("sns.*.amazonaws.com", "settings.empty", "settings.nothing") == {"sns.*.amazonaws.com"}
    assert places("the hosts of settings.targets") == set()


def test_the_operator_adds_and_takes_away() -> None:
    house = EgressSettings(allow=("proxy.internal:3128", "*.example.org"), deny=("api.example.com",))
    egress = egress_of("x", manifest("settings.url"), Settings(), house)
    assert egress.allows("proxy.internal", 3128)
    assert not egress.allows("proxy.internal", 443)
    assert egress.allows("a.example.org", 1)
    assert not egress.allows("api.example.com", 443)
    opened = egress_of("x", manifest(), Settings(), EgressSettings(mode="open", deny=("metadata.internal",)))
    assert opened.allows("anything.test", 1)
    assert not opened.allows("METADATA.internal.", 80)


@pytest.mark.parametrize(
    ("text", "place"),
    [("https://x.y", Place("x.y", 443)), ("ldap://h:1389/dc=x", Place("h", 1389)),
     ("tcp:127.0.0.1:99", Place("127.0.0.1", 99)),
     ("tcp:[::1]:99", Place("::1", 99)), ("host", Place("host")), ("host:7", Place("host", 7)),
     ("unix:/run/x", None), ("/x", None),
     ("", None), ("https://x:notaport", None), ("two words", None)],
)  # fmt: skip
def test_places_are_read_out_of_every_way_to_write_them(text: str, place: Place | None) -> None:
    assert place_of(text) == place


@given(st.text())
def test_any_text_is_a_place_or_none(text: str) -> None:
    place = place_of(text)
    assert place is None or place.host


@given(st.sampled_from(["shop.internal", "10.0.0.5", "evil.test"]), st.integers(1, 65_535))
def test_nothing_is_reached_that_is_not_allowed(host: str, port: int) -> None:
    egress = Egress("x", (Place("shop.internal", 8080), Place("10.0.0.5")))
    with only_to(egress):
        if egress.allows(host, port):
            reach(host, port)
        else:
            with pytest.raises(Forbidden, match="may not call"):
                reach(host, port)
    reach(host, port)


def test_the_http_client_asks_before_it_connects() -> None:
    with serve(lambda _: Answer()) as server, serve(lambda _: Answer()) as other:
        with only_to(Egress("x", (place_of(server.url) or Place(""),))):
            assert HttpClient(server.url).get("", timeout=5).status == 200
            with pytest.raises(Forbidden, match="x may not call"):
                HttpClient(other.url).get("", timeout=5)
        assert other.asked == []


def test_a_socket_in_a_file_is_nobodys_host() -> None:
    with only_to(Egress("x")):
        reach_url("unix:///run/supervisor.sock")
        with pytest.raises(Forbidden):
            reach_url("ldap://elsewhere.test")


def test_every_connector_that_ships_says_hosts_that_can_be_read() -> None:
    from tickless.sdk.manifest import read_manifest
    from tickless.sdk.registry import connector_folders

    odd: dict[str, Any] = {}
    for folder in connector_folders():
        for entry in read_manifest(folder).egress:
            if not entry.startswith("settings.") and place_of(entry) is None:
                odd[folder.name] = entry
    assert odd == {}


def test_a_library_that_connects_by_itself_is_watched_while_it_works() -> None:
    egress = Egress("x", (Place("allowed.test"),), denied=(Place("denied.test"),))
    with only_to(egress), only_named({"named.test", "denied.test", "127.0.0.1"}):
        socket.getaddrinfo("127.0.0.1", 80)
        for host in ("elsewhere.test", "denied.test"):
            with pytest.raises(Forbidden, match=f"may not call {host}"):
                socket.getaddrinfo(host, 443)
        assert not _told_elsewhere(), "another thread is nobody's business"
    socket.getaddrinfo("127.0.0.1", 80)


def _told_elsewhere() -> list[Exception]:
    told: list[Exception] = []

    def look() -> None:
        try:
            socket.getaddrinfo("::1", 80)
        except Forbidden as error:
            told.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return told
