"""Health as a user sees it, and requests that are never sent twice by mistake."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result
from tickless.sdk.registry import load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing import Answer, Asked, LoopbackServer, closed_port, serve

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
CONNECTOR = load_connector(Path(__file__).parents[1])


def run(operation: str, params: dict[str, Any], settings: dict[str, Any], *, again: bool = False) -> Result:
    instance = make_instance("http", CONNECTOR, settings, Secrets())
    call = Call(instance, "run:step", NOW, 0.5, first_started=NOW if again else None)
    found = CONNECTOR.operations[operation]
    return found.run(call, found.params.model_validate(params))


def health(url: str, **target: Any) -> dict[str, Any]:
    settings = {"targets": {"shop": {"url": url, **target}}}
    return run("health", {"service": "shop"}, settings).output.model_dump()


@pytest.mark.parametrize("status", [301, 401, 404, 429, 500, 503])
def test_any_other_status_is_unhealthy(status: int) -> None:
    with serve(lambda _: Answer(status)) as server:
        found = health(server.url)
    assert (found["healthy"], found["status"]) == (False, status)


def test_nobody_there_and_no_answer_in_time_are_unhealthy() -> None:
    assert health(f"http://127.0.0.1:{closed_port()}")["healthy"] is False
    with serve(lambda _: Answer(hangs=True)) as server:
        assert health(server.url)["healthy"] is False


def test_slower_than_allowed_is_unhealthy() -> None:
    with serve(lambda _: Answer()) as server:
        assert health(server.url, max_latency_ms=0.0001)["healthy"] is False
        assert health(server.url, max_latency_ms=60_000)["healthy"] is True


def test_the_expected_status_may_be_another() -> None:
    with serve(lambda _: Answer(403)) as server:
        assert health(server.url, expect_status=403)["healthy"] is True


def post(server: LoopbackServer, *, again: bool, **settings: Any) -> Result:
    return run("request", {"method": "POST", "path": "/x"}, {"url": server.url, **settings}, again=again)


def test_a_post_that_may_have_been_sent_is_not_sent_again() -> None:
    with serve(lambda _: Answer()) as server:
        post(server, again=False)
        with pytest.raises(Rejected, match="earlier try"):
            post(server, again=True)
        assert len(server.asked) == 1
        post(server, again=True, honours_idempotency_key=True)
    assert [asked.headers["idempotency-key"] for asked in server.asked] == ["run:step"] * 2


def test_the_settings_may_name_what_takes_a_request_back() -> None:
    undo = {"POST /x": {"method": "DELETE", "path": "/x"}}
    seen: list[str] = []

    def answer(asked: Asked) -> Answer:
        seen.append(f"{asked.method} {asked.path}")
        return Answer()

    with serve(answer) as server:
        result = post(server, again=False, undo=undo)
        assert result.undo is not None
        run("request", result.undo.with_, {"url": server.url})
    assert seen == ["POST /x", "DELETE /x"]


def test_an_unknown_health_target_says_which_there_are() -> None:
    with pytest.raises(Rejected) as refused:
        run("health", {"service": "crm"}, {"targets": {"shop": {"url": "http://127.0.0.1"}}})
    assert "shop" in refused.value.mend


@pytest.mark.parametrize(
    "path", ["/\x00", "/a b\n", "//127.0.0.2/", "@127.0.0.2/", "http://127.0.0.2/", "/../..", "/?x=\ud800"]
)
def test_no_path_leads_to_another_host_or_out_of_the_house_errors(path: str) -> None:
    with serve(lambda _: Answer()) as server:
        try:
            run("get", {"path": path}, {"url": server.url})
        except (Rejected, ValidationError):
            return
        assert len(server.asked) == 1
