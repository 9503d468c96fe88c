"""Okta's own manners: when it takes requests again, links to pages, and names that would break a query."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.idp import Town
from tests.servers.idp_okta import TOKEN, serve_okta

from tickless.connectors.okta.client import Okta
from tickless.domain.errors import RateLimited, Rejected
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, serve


def okta(url: str) -> Okta:
    return Okta(HttpClient(url, {"authorization": f"SSWS {TOKEN}"}), Deadline.within(10, who="Okta"))


def test_a_rate_limit_says_when_it_ends() -> None:
    reset = str(int(time.time()) + 42)
    with serve(lambda _: Answer(429, {}, {"x-rate-limit-reset": reset})) as server:
        with pytest.raises(RateLimited) as limited:
            okta(server.url).person("anna")
        assert 30 < limited.value.retry.seconds <= 42


def test_groups_are_read_over_every_page() -> None:
    with serve_okta(Town.fresh(extra_groups=5)) as url:
        person = okta(url).person("anna")
    assert person is not None
    assert len(person.state.groups) == 6


def test_a_next_page_somewhere_else_is_not_followed() -> None:
    with serve(lambda _: Answer(body=[], headers={"link": '<http://evil.test/api/v1/x>; rel="next"'})) as server:
        with pytest.raises(Rejected, match="somewhere else"):
            list(okta(server.url)._pages("/users/x/groups"))
        assert len(server.asked) == 1


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.isprintable()))
def test_a_groups_name_never_breaks_out_of_its_query(name: str) -> None:
    town = Town.fresh()
    town.groups[name] = set()
    with serve_okta(town) as url:
        assert okta(url).group(name) == f"00g-{name}"
