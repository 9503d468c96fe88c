"""A directory brings people and groups in: by the protocol's own tester, and what follows for people, accounts and roles."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tickless.domain.errors import Unauthenticated
from tickless.doors.entrance import Entrance, EntranceSettings
from tickless.doors.entrance.entrance import COOKIE
from tickless.doors.scim import create_route
from tickless.journal import Journal
from tickless.journal.access import User
from tickless.kit.clock import ManualClock

PASSWORD = "four words make sense"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:"


class Renewing:
    """The part of a desk that the door tells."""

    def __init__(self) -> None:
        self.times = 0

    def renew(self) -> None:
        self.times += 1


class Door:
    def __init__(self, journal: Journal, clock: ManualClock) -> None:
        self.journal = journal
        self.entrance = Entrance(journal, clock, EntranceSettings(scim_groups={"it-admins": ("admin",)}))
        self.root = self.entrance.create_user("root", roles=["admin"])
        self.token = self.entrance.create_token("directory", user=self.root, scopes=["provision"]).token
        self.desk = Renewing()
        site = Starlette(routes=[create_route(self.desk, self.entrance)])  # type: ignore[arg-type]
        self.http = TestClient(site, base_url="http://127.0.0.1")
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        answer = self.http.request(method, f"/scim/v2{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def user(self, name: str, *, status: int = 201, **more: Any) -> Any:
        return self.call("POST", "/Users", {"schemas": [SCHEMA + "User"], "userName": name, **more}, status=status)

    def group(self, name: str, *members: str) -> Any:
        listed = [{"value": one} for one in members]
        return self.call(
            "POST", "/Groups", {"schemas": [SCHEMA + "Group"], "displayName": name, "members": listed}, status=201
        )

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
        return self.call("PATCH", path, body, status=204)

    def person(self, username: str) -> Any:
        with self.journal.read() as tx:
            return next(iter(tx.people.by(username=username)), None)

    def account(self, login: str) -> User:
        with self.journal.read() as tx:
            found = tx.access.user_by_login(login)
        assert found is not None
        return found


@pytest.fixture
def door(journal: Journal, clock: ManualClock) -> Door:
    return Door(journal, clock)


class Through(httpx2.BaseTransport):
    """Requests of the tester's client, through the site."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        content = request.read()
        path = request.url.raw_path.decode()
        answer = self.door.http.request(request.method, path, content=content, headers=dict(request.headers))
        headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
        return httpx2.Response(answer.status_code, headers=headers, content=answer.content)


def test_the_protocols_own_tester_is_content(door: Door) -> None:
    http = httpx2.Client(base_url="http://127.0.0.1/scim/v2", transport=Through(door),
                        headers={"Authorization": f"Bearer {door.token}"})  # fmt: skip
    client = SyncSCIMClient(http)
    client.discover()
    results = check_server(client)
    wrong = [f"{one.title}: {one.reason}" for one in results if one.status in {Status.ERROR, Status.CRITICAL}]
    assert not wrong, "\n".join(wrong)
    assert sum(one.status is Status.SUCCESS for one in results) > 50


def test_a_new_user_is_a_person_on_record(door: Door) -> None:
    work: dict[str, Any] = {
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Finance"},
        "schemas": [SCHEMA + "User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    }
    made = door.user(
        "Bert.Brandt@larkmoor.example", displayName="Bert Brandt", externalId="ext-1", title="Clerk", password=PASSWORD,
        emails=[{"value": "bert@larkmoor.example", "type": "work"}], phoneNumbers=[{"value": "tel:+49 30 1", "type": "mobile"}],
        **work,
    )  # fmt: skip
    person = door.person("bert.brandt@larkmoor.example")
    assert (person.name, person.email, person.phone, person.department, person.title) == (
        "Bert Brandt", "bert@larkmoor.example", "+49 30 1", "Finance", "Clerk",
    )  # fmt: skip
    assert "password" not in door.call("GET", f"/Users/{made['id']}")
    assert door.desk.times == 1
    found = door.call("GET", '/Users?filter=externalId eq "ext-1"')
    assert [one["id"] for one in found["Resources"]] == [made["id"]]
    door.user("BERT.brandt@larkmoor.example", status=409)
    door.user("other", emails=[{"value": "bert@larkmoor.example"}], status=201)  # the same address: the same person


def test_somebody_on_record_is_known_again_and_keeps_what_is_not_said(door: Door) -> None:
    door.user("ada", displayName="Ada King")
    person = door.person("ada")
    assert (person.id, person.name, person.department) == ("p001", "Ada King", "Finance")


def test_who_is_made_inactive_is_out_at_once_and_comes_back(door: Door) -> None:
    door.entrance.create_user("ada", roles=["operator"], person="p001", password=PASSWORD)
    made = door.user("ada")
    cookie = door.entrance.sign_in("ada", PASSWORD, address="a").token
    door.patch(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": False})
    assert not door.person("ada").active
    with pytest.raises(Unauthenticated):
        door.entrance.sign_in("ada", PASSWORD, address="a")
    door.patch(f"/Users/{made['id']}", {"op": "Replace", "value": {"active": True}})
    assert door.account("ada").active
    asks = type("Asks", (), {"cookies": {COOKIE: cookie}, "headers": {}, "query_params": {}})()
    assert door.entrance.visitor(asks).kind == "anonymous"
    door.call("DELETE", f"/Users/{made['id']}", status=204)
    assert not door.person("ada").active, "nobody is deleted"
    door.call("GET", f"/Users/{made['id']}", status=404)


def test_an_account_that_an_administrator_switched_off_stays_off(door: Door) -> None:
    door.entrance.create_user("ada", roles=["operator"], person="p001")
    made = door.user("ada")
    door.entrance.switch("ada", on=False, by="user:root")
    door.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Countess"})
    assert not door.account("ada").active


def test_groups_give_and_take_roles_and_leave_those_given_by_hand(door: Door) -> None:
    door.entrance.create_user("ada", roles=["operator"], person="p001")
    made = door.user("ada")
    group = door.group("it-admins", made["id"])
    assert door.account("ada").roles == ("operator", "admin")
    assert door.person("ada").groups == ("it-admins",)
    assert door.call("GET", f"/Users/{made['id']}")["groups"][0]["display"] == "it-admins"
    door.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "others"})
    assert (door.account("ada").roles, door.person("ada").groups) == (("operator",), ("others",))
    door.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "it-admins"})
    door.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{made["id"]}"]'})
    assert (door.account("ada").roles, door.person("ada").groups) == (("operator",), ())
    door.patch(f"/Groups/{group['id']}", {"op": "add", "path": "members", "value": [{"value": made["id"]}]})
    door.call("DELETE", f"/Groups/{group['id']}", status=204)
    assert door.account("ada").roles == ("operator",)


def test_programs_and_sealed_accounts_are_left_alone(door: Door) -> None:
    with door.journal.write() as tx:
        tx.people.put(tx.people.need("p001").model_copy(update={"employment": "service"}))
    door.user("ada", status=400)


@pytest.mark.parametrize("scopes", [["read"], ["signals:write"], ["ask_as"], ["act"]])
def test_only_a_token_that_may_provision_comes_in(door: Door, scopes: list[str]) -> None:
    door.http.headers["Authorization"] = (
        "Bearer " + door.entrance.create_token("t", user=door.root, scopes=scopes).token
    )
    refused = door.call("GET", "/Users", status=403)
    assert refused["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    door.http.headers["Authorization"] = "Bearer guess"
    assert door.http.get("/scim/v2/Users").headers["www-authenticate"].startswith("Bearer")
    del door.http.headers["Authorization"]
    door.call("GET", "/Users", status=401)
    door.call("GET", "/ServiceProviderConfig")
    assert door.person("ada") is not None


def test_versions_guard_against_lost_changes(door: Door) -> None:
    made = door.user("ada")
    version = made["meta"]["version"]
    body = {"schemas": [SCHEMA + "User"], "userName": "ada", "title": "One"}
    door.call("PUT", f"/Users/{made['id']}", body, **{"If-Match": version})
    door.call("PUT", f"/Users/{made['id']}", body, status=412, **{"If-Match": version})


def test_every_change_is_on_record(door: Door) -> None:
    made = door.user("ada", displayName="Ada King")
    door.patch(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": False})
    with door.journal.read() as tx:
        rows = [(row.actor, row.action) for row in tx.audit.rows() if row.action.startswith("scim")]
    assert rows == [("user:root", "scim.create"), ("user:root", "scim.update")]
