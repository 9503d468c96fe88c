"""A value from outside inside a path must not lead to another record."""

from __future__ import annotations

import pytest

from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk.http import HttpClient

CLIENT = HttpClient("http://127.0.0.1:9/api")


@pytest.mark.parametrize("value", ["../admin", "x/../../admin", "%2e%2e/admin", "x\\..\\admin", "..?a=1", ".."])
def test_a_path_never_leads_upwards(value: str) -> None:
    with pytest.raises(Rejected, match="upwards"):
        CLIENT.send("DELETE", f"/certificates/{value}", timeout=1)


@pytest.mark.parametrize("value", ["a..b", "v1..v2", "...", "x.y", "a/.b", "..%2Fadmin"])
def test_dots_in_names_are_just_dots(value: str) -> None:
    with pytest.raises(Unreachable):
        CLIENT.get(f"/certificates/{value}", timeout=1)
