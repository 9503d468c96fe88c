"""Graph's own manners: pages, filters, throttling, and passwords that an error would repeat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.idp import Town
from tests.servers.idp_entra import TOKEN, serve_graph

from tickless.connectors.entra.client import Entra
from tickless.domain.errors import RateLimited, Rejected
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, serve


def entra(url: str) -> Entra:
    return Entra(HttpClient(f"{url}/v1.0", {"authorization": f"Bearer {TOKEN}"}), Deadline.within(10, who="Graph"))


def test_groups_are_read_over_every_page() -> None:
    with serve_graph(Town.fresh(extra_groups=5)) as url:
        person = entra(url).person("anna")
    assert person is not None
    assert len(person.state.groups) == 6


def test_a_next_page_somewhere_else_is_not_followed() -> None:
    page = {"value": [], "@odata.nextLink": "http://evil.test/v1.0/users"}
    with serve(lambda _: Answer(body=page)) as server, pytest.raises(Rejected, match="somewhere else"):
        list(entra(server.url)._pages("/users/x/memberOf"))


def test_throttling_says_when_to_come_back() -> None:
    with serve(lambda _: Answer(429, {}, {"retry-after": "17"})) as server, pytest.raises(RateLimited) as limited:
        entra(server.url).person("anna")
    assert limited.value.retry.seconds == 17


def test_a_refused_password_is_not_repeated() -> None:
    with serve_graph(Town.fresh()) as url:
        here = entra(url)
        person = here.person("anna")
        assert person is not None
        with pytest.raises(Rejected) as refused:
            here.set_password(person, "short7!", must_change=True)
    assert "short7!" not in f"{refused.value!r} {refused.value.detail}"


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.isprintable()))
def test_a_groups_name_never_breaks_out_of_its_filter(name: str) -> None:
    town = Town.fresh()
    town.groups[name] = set()
    with serve_graph(town) as url:
        assert entra(url).group(name) == f"g-{name}"
