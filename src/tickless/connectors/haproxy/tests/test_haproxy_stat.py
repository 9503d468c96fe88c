"""Whatever the socket says is servers or none; names are never more than names; the last server stays in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.haproxy.client import Haproxy
from tickless.connectors.haproxy.reading import Server, read_stat
from tickless.connectors.haproxy.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk.deadline import Deadline

STAT = "# pxname,svname,qcur,qmax,scur,status,type,check_status,\nshop,web1,1,0,7,UP 1/2,2,L4OK,\nshop,BACKEND,0,0,7,UP,1,,\n"


def test_servers_are_read_and_totals_are_not() -> None:
    (server,) = read_stat(STAT)
    assert (server.name, server.up, server.admin, server.sessions, server.queue) == ("web1", True, "ready", 7, 1)


@given(st.text())
def test_any_text_is_servers_or_none(text: str) -> None:
    for server in read_stat("# pxname,svname,type,status\n" + text):
        assert server.backend


@pytest.mark.parametrize(
    ("status", "admin", "up"),
    [("UP", "ready", True), ("no check", "ready", True), ("DOWN 1/2", "ready", False), ("MAINT", "maint", False),
     ("MAINT (via a/b)", "maint", False), ("DRAIN", "drain", False), ("DRAIN 1/3", "drain", False), ("NOLB", "ready", False)],
)  # fmt: skip
def test_haproxys_words_are_understood(status: str, admin: str, up: bool) -> None:
    server = Server("shop", "web1", status, 0, 0, "")
    assert (server.admin, server.up) == (admin, up)


@pytest.mark.parametrize("name", ["web1; shutdown sessions", "web1\nshow info", "", "a b", "x" * 300])
def test_a_name_that_would_be_a_command_is_refused_before_anything_is_sent(name: str) -> None:
    haproxy = Haproxy(Settings(socket="tcp:127.0.0.1:1"), Deadline.within(5, who="HAProxy"))
    with pytest.raises(Rejected, match="such a name"):
        haproxy.tell(Server("shop", name, "UP", 0, 0, ""), "drain")


@pytest.mark.parametrize("place", ["tcp:127.0.0.1", "unix:relative", "http://x", "tcp:a b:1", "unix:/a b"])
def test_settings_refuse_places_that_are_none(place: str) -> None:
    with pytest.raises(ValidationError):
        Settings(socket=place)
