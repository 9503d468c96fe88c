"""Filters hold what was asked for and nothing else; odd answers are refused with the house's error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.scim.client import Scim, quoted
from tickless.domain.errors import Rejected
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, Asked, serve


@given(st.text())
def test_a_filter_literal_is_one_json_string(value: str) -> None:
    literal = quoted(value)
    assert json.loads(literal) == value
    assert '"' not in literal[1:-1].replace("\\\\", "").replace('\\"', "")


def service(url: str) -> Scim:
    return Scim(HttpClient(url), deadline=Deadline.within(5, who="the SCIM service"), group_attribute="displayName")


def test_the_name_reaches_the_server_inside_its_literal() -> None:
    with serve(lambda asked: Answer(body={"Resources": []})) as server:
        assert service(server.url).user('x" or userName pr or userName eq "') is None
    assert server.asked[0].query["filter"] == ['userName eq "x\\" or userName pr or userName eq \\""']


@pytest.mark.parametrize(
    "odd", [None, [], 3, {"Resources": {}}, {"Resources": [3]}, {"Resources": [{"id": ""}]}, {"Resources": [{}, {}]}]
)
def test_odd_answers_are_refused(odd: Any) -> None:
    with serve(lambda asked: Answer(body=odd)) as server, pytest.raises(Rejected):
        service(server.url).user("anna")


def test_an_id_stays_inside_its_path() -> None:
    found = {"Resources": [{"id": "../../admin?x="}]}

    def answer(asked: Asked) -> Answer:
        return Answer(body=found)

    with serve(answer) as server:
        scim = service(server.url)
        user = scim.user("anna")
        assert user is not None
        scim.set_active(user, active=False)
    assert server.asked[1].path == "/Users/..%2F..%2Fadmin%3Fx%3D"
