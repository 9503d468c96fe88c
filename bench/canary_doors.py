"""The doors by which canaries come in, each as people and machines really use it. What a door answers is kept: errors tell."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2

from bench.api_calls import ENDLESS, PREFIX, described
from bench.attack_files import send_file
from bench.attack_house import Outside
from bench.canary_form import Canary
from bench.suite_channels import NotHeard
from bench.suite_house import SuiteHouse, Unsettled
from bench.talking import open_line
from tickless.domain.errors import TicklessError
from tickless.domain.person import Person
from tickless.domain.signal import Payload
from tickless.sample.company import Company

CHATS = ("web", "slack", "teams", "matrix", "email", "rest", "mcp")
WORDS = (
    *CHATS, "webhook", "alert label", "alert annotation", "cloudevents", "quarantine", "telemetry", "api", "console form",
    "runbook input", "file name", "ticket text", "connector answer",
)  # fmt: skip
"""Doors by which words come in."""
HELD = (
    "sign-in", "sign-in refused", "bearer refused",   "hook token refused", "scim", "oidc",
    "cli token", "connector secret", "address", "console password", "unknown cookie",
)  # fmt: skip
"""Doors by which something is handed in that is not to be read again."""
TURNS = 5
"""Each canary goes to every fifth operation of the API, the next canary to the next."""


@dataclass
class Hall:
    """The house, what runs around it, and every refusal that was heard."""

    house: SuiteHouse
    outside: Outside
    admin: str
    """A token."""
    errors: list[tuple[str, str]] = field(default_factory=list)
    """(door, what was answered) of every answer that was no success."""
    echo: str = ""
    """Address of a system that fails, and repeats everything it was told."""
    hook: dict[str, str] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    _people: Iterator[Person] | None = None

    @property
    def url(self) -> str:
        return self.outside.channels.url

    def ask(self, door: str, method: str, path: str, **given: Any) -> httpx2.Response:
        answer = httpx2.request(method, f"{self.url}{path}", timeout=30, trust_env=False, **given)
        if answer.status_code >= 400:
            self.errors.append((door, answer.text))
        return answer

    def as_admin(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.admin}"}

    def person(self) -> Person:
        """Somebody who has not spoken yet, as far as there are such."""
        if self._people is None:
            self._people = iter(_ordinary(self.house.company))
        found = next(self._people, None)
        if found is None:
            self._people = iter(_ordinary(self.house.company))
            found = next(self._people)
        return found


def _ordinary(company: Company) -> list[Person]:
    found = [one for one in company.people if one.active and not one.privileged and one.phone]
    return [one for one in found if one.id != stranger(company).id]


def stranger(company: Company) -> Person:
    """Somebody who never speaks, and whom nobody asks: the last who leads nobody and owns nothing."""
    leads = {one.manager for one in company.people}
    leads |= {one.owner for one in company.apps} | {one.owner for one in company.services}
    return [one for one in company.people if one.active and not one.privileged and one.id not in leads][-1]


def plant(hall: Hall, canary: Canary) -> None:
    """Send it in by its door. A door that refuses has heard it, too."""
    with suppress(NotHeard, Unsettled):
        try:
            DOORS[canary.door](hall, canary)
        except TicklessError as error:
            hall.errors.append((canary.door, f"{error.public} {error.mend}"))


def _chat(hall: Hall, canary: Canary) -> None:
    line = open_line(hall.house, canary.door, hall.person(), hall.outside.channels)
    line.say(canary.text)
    hall.house.settle(patience=20.0)


def _receive(hall: Hall, source: str, body: bytes, **headers: str) -> None:
    now = hall.house.house.rooms.clock.now()
    payload = Payload(source=source, received_at=now, body=body, headers=headers, content_type="application/json")
    asyncio.run(hall.house.house.desk.receive(payload))


def _webhook(hall: Hall, canary: Canary) -> None:
    hall.ask(
        canary.door, "POST", "/hooks/webhook", headers=_signals(hall), json={"title": canary.text, "text": canary.text}
    )


def _alert(hall: Hall, canary: Canary) -> None:
    where = "labels" if canary.door == "alert label" else "annotations"
    alert: dict[str, Any] = {"status": "firing", "labels": {"alertname": f"C{canary.value}"[:8], "instance": canary.id},
                             "annotations": {"summary": "x"}, "startsAt": "2026-03-02T09:00:00Z"}  # fmt: skip
    alert[where]["note"] = canary.text
    _receive(hall, "monitor", json.dumps({"version": "4", "alerts": [alert]}).encode())


def _cloudevents(hall: Hall, canary: Canary) -> None:
    event = {"specversion": "1.0", "id": canary.id, "type": "x.failed", "source": "x", "subject": canary.text,
             "data": {"message": canary.text}}  # fmt: skip
    hall.ask(canary.door, "POST", "/hooks/cloudevents", headers=_signals(hall), json=event)


def _quarantine(hall: Hall, canary: Canary) -> None:
    body = ('{"broken": "' + canary.text).encode()
    hall.ask(
        canary.door,
        "POST",
        "/hooks/webhook",
        headers={**_signals(hall), "content-type": "application/json"},
        content=body,
    )


def _signals(hall: Hall) -> dict[str, str]:
    return {"Authorization": f"Bearer {hall.hook['token']}"}


def _telemetry(hall: Hall, canary: Canary) -> None:
    named = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    said = [{"key": "note", "value": {"stringValue": canary.text}}]
    log = {
        "timeUnixNano": "1772442000000000000",
        "severityNumber": 17,
        "body": {"stringValue": canary.text},
        "attributes": said,
    }
    headers = {"Authorization": f"Bearer {hall.hook['otlp']}"}
    hall.ask(canary.door, "POST", "/v1/logs", headers=headers,
             json={"resourceLogs": [{"resource": named, "scopeLogs": [{"logRecords": [log]}]}]})  # fmt: skip
    point = {"timeUnixNano": "1772442000000000000", "asDouble": 1.0, "attributes": said}
    metric = {"name": "memory", "gauge": {"dataPoints": [point]}}
    hall.ask(canary.door, "POST", "/v1/metrics", headers=headers,
             json={"resourceMetrics": [{"resource": named, "scopeMetrics": [{"metrics": [metric]}]}]})  # fmt: skip
    span = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": canary.text, "kind": 2,
            "startTimeUnixNano": "1772442000000000000", "endTimeUnixNano": "1772442001000000000", "attributes": said,
            "status": {"code": 2, "message": canary.text}}  # fmt: skip
    hall.ask(canary.door, "POST", "/v1/traces", headers=headers,
             json={"resourceSpans": [{"resource": named, "scopeSpans": [{"spans": [span]}]}]})  # fmt: skip


def _api(hall: Hall, canary: Canary) -> None:
    """In every field of words of the operations whose turn it is, and as a value of every question."""
    description = described(hall.house.house.site)
    turn = int(canary.id.rpartition("-")[2])
    for count, (path, method, raw) in enumerate(_operations(description)):
        if count % TURNS != turn % TURNS:
            continue
        filled = path.replace("{", "").replace("}", "")
        content = raw.get("requestBody", {}).get("content", {}).get("application/json")
        body = _stuffed(content["schema"], description, canary.text) if content else None
        query = {
            one["name"]: canary.text for one in raw.get("parameters", []) if one["in"] == "query" and method == "get"
        }
        hall.ask(canary.door, method.upper(), PREFIX + filled, headers=hall.as_admin(), params=query,
                 **({"json": body} if body is not None else {}))  # fmt: skip


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What changes the house for all that follow, such as its brakes and keys, is left out."""
    for path, methods in description["paths"].items():
        for method, raw in methods.items():
            endless = any(
                media in ENDLESS for one in raw.get("responses", {}).values() for media in one.get("content", {})
            )
            shuts = path.startswith(
                ("/switches", "/brakes", "/audit", "/lock", "/users", "/tokens", "/sources", "/history")
            )
            if method in {"get", "post", "put", "patch"} and not endless and not (shuts and method != "get"):
                yield path, method, raw


def _stuffed(schema: dict[str, Any], whole: dict[str, Any], text: str, depth: int = 0) -> Any:
    """A body with that text wherever words may stand."""
    if "$ref" in schema:
        return _stuffed(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole, text, depth)
    for some in ("anyOf", "oneOf", "allOf"):
        if schema.get(some):
            return _stuffed(schema[some][0], whole, text, depth)
    if schema.get("enum"):
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {}) if depth < 4 else {}
        return {name: _stuffed(one, whole, text, depth + 1) for name, one in fields.items()}
    if kind == "array":
        return [_stuffed(schema.get("items", {}), whole, text, depth + 1)]
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    return "2026-03-02T09:00:00Z" if schema.get("format") == "date-time" else text


def _console(hall: Hall, canary: Canary) -> None:
    """Searches, filters and the reasons that people give."""
    entrance = hall.house.house.entrance
    with hall.house.house.journal.read() as tx:
        boss = tx.access.user_by_login("canary-admin")
    assert boss is not None
    opened = entrance.redeem_link(entrance.make_link(boss), address="127.0.0.1")
    headers = {"Cookie": f"tickless_session={opened.token}"}
    for path in ("/audit", "/alerts", "/signals", "/cases", "/telemetry", "/conversations", "/policy", "/runbooks"):
        hall.ask(canary.door, "GET", path, headers=headers, params={"text": canary.text, "q": canary.text})
    forms = {
        "/audit/holds": {"covers": "case", "ref": canary.text, "reason": canary.text},
        "/accounts/delegations": {"person": canary.text, "delegate": "x", "until": "2026-12-31", "note": canary.text},
        "/silences": {"comment": canary.text, "matchers": canary.text, "hours": "1"},
        "/maintenance": {"title": canary.text, "reason": canary.text, "service": canary.text},
        "/known": {"title": canary.text, "workaround": canary.text},
        "/chat": {"text": canary.text},
    }  # fmt: skip
    for path, form in forms.items():
        hall.ask(canary.door, "POST", path, headers=headers, data={"csrf": opened.csrf, **form})


def _runbook(hall: Hall, canary: Canary) -> None:
    desk = hall.house.house.desk
    for runbook, inputs in (("directory.unlock-account", {"person": canary.text}), (canary.text, {"person": "x"})):
        try:
            asyncio.run(desk.run(runbook, inputs, by=hall.person().id, reason=canary.text))
        except TicklessError as error:
            hall.errors.append((canary.door, f"{error.public} {error.mend}"))


def _file(hall: Hall, canary: Canary) -> None:
    name = canary.text.replace("/", "_").replace("\n", " ") + ".txt"
    send_file(hall.house, hall.outside.channels, hall.person(), carrier="slack", text="please see the file", name=name,
              content=canary.text.encode())  # fmt: skip


def _ticket(hall: Hall, canary: Canary) -> None:
    desk = hall.outside.desk
    if not desk.live():
        line = open_line(hall.house, "web", hall.person(), hall.outside.channels)
        line.say("I want to talk to a human please")
        hall.house.settle(patience=20.0)
    if not desk.live():
        hall.skipped.add(canary.door)
        return
    desk.say(desk.live()[0], canary.text, public=True)
    hall.house.settle(patience=20.0)


def _answer(hall: Hall, canary: Canary) -> None:
    """A system outside fails, and repeats what it was told in its answer."""
    for path in ("/fail", "/well"):
        inputs = {"text": canary.text, "path": path}
        asyncio.run(hall.house.house.desk.run("canary.echo", inputs, by=hall.person().id, reason="a test"))
    hall.house.settle(patience=20.0)


# What is handed in to be held


def _sign_in(hall: Hall, canary: Canary) -> None:
    entrance = hall.house.house.entrance
    login = f"held-{canary.value[2:10].lower()}"
    entrance.create_user(login, roles=["operator"], password=canary.value)
    opened = hall.ask(canary.door, "POST", "/sign-in", data={"login": login, "password": canary.value})
    hall.ask(canary.door, "GET", "/", headers={"Cookie": opened.headers.get("set-cookie", "").partition(";")[0]})


def _refused(hall: Hall, canary: Canary) -> None:
    hall.ask(canary.door, "POST", "/sign-in", data={"login": "canary-admin", "password": canary.value})
    hall.ask(canary.door, "POST", "/sign-in", data={"login": f"nobody-{canary.value[:6]}", "password": canary.value})


def _console_password(hall: Hall, canary: Canary) -> None:
    """Typed into the wrong field."""
    told = {"login": canary.value, "password": "x"}  # the form shows it again to whoever typed it, and to nobody else
    httpx2.post(f"{hall.url}/sign-in", data=told, timeout=30, trust_env=False)


def _bearer(hall: Hall, canary: Canary) -> None:
    for headers in ({"Authorization": f"Bearer {canary.value}"}, {"Authorization": f"Bearer tkl_{canary.value}"}):
        hall.ask(canary.door, "GET", f"{PREFIX}/cases", headers=headers)
        hall.ask(canary.door, "POST", "/mcp", headers=headers, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})


def _cookie(hall: Hall, canary: Canary) -> None:
    hall.ask(canary.door, "GET", "/cases", headers={"Cookie": f"tickless_session={canary.value}"})


def _address(hall: Hall, canary: Canary) -> None:
    """In an address, where access logs and the pages of errors look."""
    for path in (f"/enter/{canary.value}", f"/secret/{canary.value}", f"/answer-approval/{canary.value}"):
        hall.ask(canary.door, "GET", path)
        hall.ask(canary.door, "POST", path, data={"answer": "approve"})
    hall.ask(canary.door, "GET", f"{PREFIX}/cases", params={"access_token": canary.value})


def _hook(hall: Hall, canary: Canary) -> None:
    for headers in ({"Authorization": f"Bearer {canary.value}"}, {"X-Api-Key": canary.value}, _signals(hall) | {
        "X-Api-Key": canary.value, "Cookie": f"a={canary.value}",
        "Proxy-Authorization": canary.value,
    }):  # fmt: skip
        hall.ask(canary.door, "POST", "/hooks/webhook", headers=headers, json={"title": "x", "text": canary.id})


def _scim(hall: Hall, canary: Canary) -> None:
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"s{canary.value[2:10].lower()}",
            "name": {"givenName": "Some", "familyName": "Body"}, "password": canary.value, "active": True}  # fmt: skip
    for headers in (hall.as_admin(), {"Authorization": f"Bearer {canary.value}"}):
        made = hall.ask(canary.door, "POST", "/scim/v2/Users", headers=headers, json=user)
        if made.status_code == 201:
            change = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                      "Operations": [{"op": "replace", "path": "password", "value": canary.value}]}  # fmt: skip
            hall.ask(canary.door, "PATCH", f"/scim/v2/Users/{made.json()['id']}", headers=headers, json=change)


def _oidc(hall: Hall, canary: Canary) -> None:
    hall.ask(canary.door, "GET", "/sign-in/oidc/return", params={"code": canary.value, "state": canary.value})
    hall.ask(canary.door, "POST", "/sign-in/oidc/signed-out", data={"logout_token": canary.value})


def _cli(hall: Hall, canary: Canary) -> None:
    env = {**os.environ, "TICKLESS_URL": hall.url, "TICKLESS_TOKEN": canary.value, "TICKLESS_BRAIN__ENCODER": "off"}
    for words in (("case", "list"), ("runbook", "run", "x", "--reason", "y"), ("audit", "verify")):
        done = subprocess.run([sys.executable, "-m", "tickless", *words], capture_output=True, text=True, timeout=60,
                              check=False, env=env)  # fmt: skip
        hall.errors.append((canary.door, done.stdout + done.stderr))


Door = Callable[[Hall, Canary], None]
DOORS: dict[str, Door] = {
    **dict.fromkeys(CHATS, _chat), "webhook": _webhook, "alert label": _alert, "alert annotation": _alert,
    "cloudevents": _cloudevents, "quarantine": _quarantine, "telemetry": _telemetry, "api": _api, "console form": _console,
    "runbook input": _runbook, "file name": _file, "ticket text": _ticket, "connector answer": _answer,
    "sign-in": _sign_in, "sign-in refused": _refused, "console password": _console_password, "bearer refused": _bearer,
    "unknown cookie": _cookie, "address": _address, "hook token refused": _hook, "scim": _scim, "oidc": _oidc,
    "cli token": _cli,
}  # fmt: skip


@contextmanager
def failing_system() -> Iterator[str]:
    """Answers 500, or 200 below `/well`, with all that it was told."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def _say(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            told = f"{self.path}\n{self.headers}\n{self.rfile.read(size).decode(errors='replace')}".encode()
            self.send_response(200 if self.path.startswith("/well") else 500)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _say  # noqa: N815 - the names that http.server asks for

        def log_message(self, *_: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
