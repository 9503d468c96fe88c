"""What the REST door shows, to whom, and in which shape; and that no bad input breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from tests.doors.worked_case import CONVERSATION, put_case

from tickless.domain.person import Person
from tickless.domain.runbook import Runbook
from tickless.domain.service import Dependency, Service
from tickless.doors.api import create_api
from tickless.doors.api.application import describe
from tickless.doors.api.describe import document
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.middleware import standard_middleware
from tickless.doors.entrance.problems import HANDLERS
from tickless.flow.desk.record_keeping import RecordKeeping
from tickless.journal import Journal
from tickless.journal.access import Role
from tickless.journal.audit_settings import AuditSettings
from tickless.kit.clock import ManualClock
from tickless.kit.signing import SigningKey

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


@dataclass
class Shelves:
    """The part of a desk that reading needs."""

    journal: Journal
    clock: ManualClock
    runbooks: dict[str, Runbook]
    record: RecordKeeping


@dataclass
class Api:
    client: TestClient
    entrance: Entrance
    journal: Journal

    def as_(self, *roles: Role, person: str | None = None, scopes: tuple[str, ...] = ()) -> dict[str, str]:
        """Headers of a session with these roles; with scopes, of a token."""
        login = f"user{len(self.entrance.users())}"
        user = self.entrance.create_user(login, roles=roles, person=person)
        if scopes:
            return {"Authorization": f"Bearer {self.entrance.create_token('t', user=user, scopes=scopes).token}"}
        opened = self.entrance.redeem_link(self.entrance.make_link(user), address="127.0.0.1")
        return {"Cookie": f"tickless_session={opened.token}", "X-CSRF-Token": opened.csrf}

    def get(self, path: str, headers: dict[str, str], **query: Any) -> Any:
        answer = self.client.get(f"/api/v1{path}", headers=headers, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, status: int, method: str, path: str, headers: dict[str, str], **more: Any) -> dict[str, Any]:
        answer = self.client.request(method, f"/api/v1{path}", headers=headers, **more)
        assert answer.status_code == status, answer.text
        error: dict[str, Any] = answer.json()["error"]
        assert error["request_id"] == answer.headers["x-request-id"]
        assert error["message"]
        return error


@pytest.fixture
def api(journal: Journal, clock: ManualClock, entrance: Entrance, tmp_path: Path) -> Iterator[Api]:
    with journal.write() as tx:
        for number, name in ((2, "Bob Manager"), (3, "Cy 100% Sure_Thing")):
            tx.people.put(
                Person(
                    id=f"p00{number}", username=f"user{number}", name=name, email=f"{number}@x.example", department="IT"
                )
            )
        for name in ("shop", "pay", "db", "mail"):
            tx.services.put(Service(id=name, name=name.title(), users=(f"{name}-users",)))
        for upper, lower in (("shop", "pay"), ("pay", "db"), ("db", "pay")):
            tx.dependencies.put(Dependency(service=upper, needs=lower, source="test", last_seen=clock.now()))
    record = RecordKeeping(journal, clock, SigningKey.new(), AuditSettings(), data=tmp_path, outside=True)
    desk = Shelves(journal, clock, {}, record)
    app = Starlette(
        routes=[Mount("/api/v1", create_api(desk, entrance))],  # type: ignore[arg-type]
        middleware=standard_middleware(entrance.settings),
        exception_handlers=HANDLERS,
    )
    with TestClient(app, base_url="http://localhost") as client:
        yield Api(client, entrance, journal)


def test_the_description_is_current_and_complete() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == document(), "run: python -m tickless.doors.api.describe"
    described = describe()
    known = {tag["name"] for tag in described["tags"]}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert set(operation["tags"]) <= known, where
            assert operation["responses"]["default"], where
            assert operation["security"], where
            assert "HTTPValidationError" not in json.dumps(operation), where


def test_the_documentation_pages_that_load_from_elsewhere_are_off(api: Api) -> None:
    for path in ("/docs", "/redoc"):
        api.refused(404, "GET", path, {})
    assert api.client.get("/api/v1/openapi.json").json() == describe()


def test_every_route_asks_who_it_is(api: Api) -> None:
    for path, methods in describe()["paths"].items():
        for method in methods:
            error = api.refused(401, method.upper(), path, {}, json={})
            assert error["code"] == "unauthenticated"
            api.refused(401, method.upper(), path, {"Authorization": "Bearer tkl_wrong"}, json={})


def test_an_employee_gets_nothing_beyond_their_own(api: Api, clock: ManualClock) -> None:
    put_case(api.journal, clock)
    put_case(api.journal, clock, number=2, requester="p002", conversation="api:p002:cnv_2")
    with api.journal.write() as tx:
        mine = tx.cases.need("case_2").model_copy(update={"id": "case_3", "number": 3})
        tx.cases.put(mine)
    ada = api.as_("employee", person="p001")
    assert [case["number"] for case in api.get("/cases", ada)["items"]] == [1]
    assert [case["number"] for case in api.get("/cases", ada, requester="p002")["items"]] == [1]
    story = api.get("/cases/1/story", ada)
    assert story["signals"] == story["findings"] == story["participants"] == []
    assert story["signal_count"] == 1
    api.refused(404, "GET", "/cases/3", ada)
    api.refused(404, "GET", "/conversations/api:p002:cnv_2/messages", ada)
    for path in ("/signals", "/quarantine", "/runbooks", "/services", "/people?q=a", "/audit", "/numbers", "/tokens"):
        api.refused(403, "GET", path, ada)
    nobody = api.as_("employee")
    assert api.get("/cases", nobody)["items"] == []


def test_the_story_tells_the_eight_stages_in_order(api: Api, clock: ManualClock) -> None:
    put_case(api.journal, clock)
    story = api.get("/cases/%231/story", api.as_("operator"))
    stages = ["signals", "findings", "correlation", "impact", "decisions", "runs", "verdicts", "resolutions"]
    assert [key for key in story if key in stages] == stages
    assert all(story[stage] for stage in stages)
    assert story["findings"][0]["entities"][0]["ref"] == "person:p001"
    assert story["decisions"][0]["reasons"][0]["policy"] == "identity-1"
    assert story["decisions"][0]["plan"]["hash"] == story["runs"][0]["plan_hash"]
    assert story["runs"][0]["receipts"][0]["changed"] is True
    assert story["verdicts"][0]["readings"][0]["held"] is True


def test_text_from_outside_leaves_tamed(api: Api, clock: ManualClock) -> None:
    put_case(api.journal, clock)
    operator = api.as_("operator")
    told = [api.get(path, operator) for path in ("/cases", "/cases/1/story", "/signals", "/signals/sig_1")]
    for sign in ("\u202e", "\x1b", "\x07", "\x00"):
        assert sign not in json.dumps(told, ensure_ascii=False).encode().decode("unicode_escape", errors="ignore")
    assert told[3]["body"] == "first line\nsecond line"


def test_private_lines_are_for_their_owner_only(api: Api, clock: ManualClock) -> None:
    put_case(api.journal, clock)
    where = f"/conversations/{CONVERSATION}/messages"
    mine = api.get(where, api.as_("employee", person="p001"))["items"]
    assert [message["hidden"] for message in mine] == [False, False, False]
    assert "123456" in mine[1]["text"]
    operator = api.as_("operator")
    for messages in (api.get(where, operator)["items"], api.get("/cases/1/story", operator)["messages"]):
        assert [message["hidden"] for message in messages] == [False, True, False]
        assert "123456" not in json.dumps(messages)


def test_pages_show_everything_once(api: Api, clock: ManualClock) -> None:
    for number in range(1, 8):
        put_case(api.journal, clock, number=number, conversation=None)
    operator = api.as_("operator", "auditor")
    for path, key in (("/cases", "number"), ("/signals", "id"), ("/audit", "seq"), ("/approvals", "id")):
        whole = [item[key] for item in api.get(path, operator, limit=200)["items"]]
        seen: list[Any] = []
        cursor = None
        while True:
            page = api.get(path, operator, limit=3, **({"cursor": cursor} if cursor else {}))
            assert len(page["items"]) <= 3
            seen += [item[key] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == whole
        assert len(set(seen)) == len(seen) >= 7
    newest_first = [case["number"] for case in api.get("/cases", operator)["items"]]
    assert newest_first == sorted(newest_first, reverse=True)


def test_approvals_are_seen_by_those_they_name(api: Api, clock: ManualClock) -> None:
    put_case(api.journal, clock)
    bob, cy = api.as_("employee", person="p002"), api.as_("employee", person="p003")
    (asked,) = api.get("/approvals", bob)["items"]
    assert asked["plan"]["hash"] == asked["plan_hash"]
    assert api.get("/approvals", cy)["items"] == []
    api.refused(404, "GET", "/approvals/apr_1", cy)
    api.refused(404, "POST", "/approvals/apr_1/answer", cy, json={"approve": True})
    reading = api.as_("approver", scopes=("read",))
    api.refused(403, "POST", "/approvals/apr_1/answer", api.as_("operator"), json={"approve": True})
    api.refused(404, "GET", "/approvals/apr_1", reading)


def test_a_failure_reaches_everything_above_and_a_circle_is_no_trap(api: Api) -> None:
    operator = api.as_("operator")
    found = api.get("/services/db", operator)
    assert found["reaches"] == ["pay", "shop"]
    assert found["groups"] == ["db-users", "pay-users", "shop-users"]
    assert [edge["service"] for edge in found["needed_by"]] == ["pay"]
    assert len(api.get("/services/map", operator)["dependencies"]) == 3
    api.refused(404, "GET", "/services/nothing", operator)


def test_people_are_found_by_what_was_typed_not_by_wildcards(api: Api) -> None:
    operator = api.as_("operator")
    assert [one["id"] for one in api.get("/people", operator, q="ADA")["items"]] == ["p001"]
    assert [one["id"] for one in api.get("/people", operator, q="%")["items"]] == ["p003"]
    assert [one["id"] for one in api.get("/people", operator, q="_")["items"]] == ["p003"]


def test_a_session_writes_only_with_its_csrf_token(api: Api) -> None:
    admin = api.as_("admin")
    without = {"Cookie": admin["Cookie"]}
    api.refused(403, "POST", "/tokens", without, json={"name": "x", "scopes": ["read"]})
    api.refused(403, "POST", "/tokens", {**without, "X-CSRF-Token": "guess"}, json={"name": "x", "scopes": ["read"]})
    assert api.client.post("/api/v1/tokens", headers=admin, json={"name": "x", "scopes": ["read"]}).status_code == 201


def test_a_token_is_shown_once_and_dies_at_once(api: Api) -> None:
    admin = api.as_("admin")
    made = api.client.post("/api/v1/tokens", headers=admin, json={"name": "ci", "scopes": ["read"]}).json()
    mine = {"Authorization": f"Bearer {made['token']}"}
    assert api.get("/me", mine)["rights"] == ["audit", "own_cases", "read"]
    assert made["token"] not in json.dumps(api.get("/tokens", admin))
    assert api.client.delete(f"/api/v1/tokens/{made['id']}", headers=admin).status_code == 200
    api.refused(401, "GET", "/me", mine)
    api.refused(404, "DELETE", f"/tokens/{made['id']}", admin)
    api.refused(422, "POST", "/tokens", admin, json={"name": "x", "scopes": ["read"], "source": "alertmanager"})
    api.refused(404, "POST", "/tokens", admin, json={"name": "x", "scopes": ["read"], "user": "nobody"})


def test_a_new_user_signs_in_by_link(api: Api) -> None:
    admin = api.as_("admin")
    body = {"login": "grace", "roles": ["operator"], "person": "p001"}
    made = api.client.post("/api/v1/users", headers=admin, json=body)
    assert (made.status_code, made.json()["has_password"]) == (201, False)
    api.refused(409, "POST", "/users", admin, json=body)
    api.refused(422, "PUT", "/users/grace/password", admin, json={"password": "short"})
    path = api.client.post("/api/v1/users/grace/link", headers=admin).json()["path"]
    assert path.startswith("/enter/")
    assert api.entrance.redeem_link(path.removeprefix("/enter/"), address="127.0.0.1").user.login == "grace"


def test_the_record_is_verified_and_exported_whole(api: Api, clock: ManualClock) -> None:
    put_case(api.journal, clock)
    auditor = api.as_("auditor")
    report = api.get("/audit/verify", auditor)
    assert (report["ok"], report["broken_at"]) == (True, None)
    answer = api.client.get("/api/v1/audit/export", headers=auditor)
    rows = [row for row in map(json.loads, answer.text.splitlines()) if "seq" in row]
    assert [row["seq"] for row in rows] == list(range(1, report["rows"] + 1))
    assert [row["action"] for row in api.get("/audit", auditor, case="case_1")["items"]] == ["case.open"]
    with api.journal.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'somebody else' WHERE seq = 2")
    assert api.get("/audit/verify", auditor)["broken_at"] == 2
    api.refused(403, "GET", "/audit/verify", api.as_("operator"))


def test_answers_are_not_kept_by_caches(api: Api) -> None:
    answer = api.client.get("/api/v1/me", headers=api.as_("employee"))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/conversations/messages", b"{not json"),
        ("/conversations/messages", b""),
        ("/conversations/messages", b"[]"),
        ("/conversations/messages", b'{"text": ""}'),
        ("/conversations/messages", b'{"text": 7}'),
        ("/conversations/messages", b'{"text": "a\\u0000b"}'),
        ("/conversations/messages", b'{"text": "\\ud800"}'),
        ("/conversations/messages", b'{"text": "hi", "assurance": "step_up"}'),
        ("/conversations/messages", json.dumps({"text": "x" * 8_001}).encode()),
        ("/conversations/messages", b"\xff\xfe"),
        ("/tokens", b'{"name": "x", "scopes": ["everything"]}'),
        ("/tokens", b'{"name": "x", "scopes": ["read"], "expires_in_days": 1e400}'),
        ("/tokens", b'{"name": "x", "scopes": ["read"], "expires_in_days": NaN}'),
        ("/cases/1/close", b'{"how": "explode", "reason": "x"}'),
    ],
)
def test_bad_bodies_are_told_field_by_field(api: Api, path: str, content: bytes) -> None:
    headers = api.as_("admin", person="p001") | {"Content-Type": "application/json"}
    error = api.refused(422, "POST", path, headers, content=content)
    assert error["code"] == "bad_input"
    assert error["fields"]


def test_a_body_nested_without_end_is_refused(api: Api) -> None:
    headers = api.as_("admin", person="p001") | {"Content-Type": "application/json"}
    api.refused(400, "POST", "/conversations/messages", headers, content=b"[" * 50_000)


def test_a_body_of_ten_megabytes_is_refused(api: Api) -> None:
    error = api.refused(413, "POST", "/conversations/messages", api.as_("admin"), content=b" " * 10_000_000)
    assert error["code"] == "too_large"


def test_nobody_talks_in_somebody_elses_conversation(api: Api) -> None:
    ada = api.as_("employee", person="p001")
    for conversation in ("api:p002:cnv_9", "made-up", "api:p001:x:y", "api::x"):
        api.refused(404, "POST", "/conversations/messages", ada, json={"text": "hi", "conversation": conversation})
    api.refused(403, "POST", "/conversations/messages", ada, json={"text": "hi", "as": "p002"})
    operator = api.as_("operator")
    api.refused(422, "POST", "/conversations/messages", operator, json={"text": "hi", "as": "nobody"})


HOSTILE = st.text(st.characters(exclude_characters="/"), min_size=1, max_size=60)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_no_address_and_no_query_breaks_it(api: Api, text: str) -> None:
    if not hasattr(api, "admin"):
        api.admin = api.as_("admin", person="p001")  # type: ignore[attr-defined]
    headers = api.admin  # type: ignore[attr-defined]
    text = quote(text, safe="", errors="ignore")
    for path in (
        f"/cases/{text}", f"/cases/{text}/story", f"/cases?cursor={text}", f"/cases?state={text}", f"/signals/{text}",
        f"/signals?cursor={text}", f"/quarantine?cursor={text}", f"/approvals/{text}", f"/approvals?cursor={text}",
        f"/audit?case={text}&cursor={text}", f"/people?q={text}", f"/services/{text}", f"/runbooks/{text}",
        f"/conversations/{text}/messages?after={text}", f"/conversations/{text}/cases", f"/cases?limit={text}",
    ):  # fmt: skip
        answer = api.client.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code < 500, (path, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["error"]["code"]
