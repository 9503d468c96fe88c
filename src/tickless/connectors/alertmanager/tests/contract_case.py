"""Alertmanager's operations over a real Alertmanager, and over servers that fail."""

import json
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tickless.sdk.testing import ContractCase, World, closed_port, http_faults
from tickless.sdk.testing.programs import find_program, running

CONFIG = "route: {receiver: none}\nreceivers: [{name: none}]\n"
LABELS = {"alertname": "InstanceDown", "service": "shop-web"}
SECRETS = {"AM_TOKEN": "proxy-token-7Jd0-very-secret"}


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        text = answer.read()
    return json.loads(text) if text.startswith((b"{", b"[")) else text.decode()


@contextmanager
def alertmanager() -> Iterator[World]:
    program = find_program("prometheus-alertmanager", "alertmanager", package="prometheus-alertmanager")
    with tempfile.TemporaryDirectory(prefix="tickless-am-") as name:
        folder = Path(name)
        (folder / "config.yml").write_text(CONFIG)
        url = f"http://127.0.0.1:{closed_port()}"

        def ready() -> bool:
            try:
                return bool(ask(f"{url}/-/ready"))
            except (urllib.error.URLError, OSError):
                return False

        def silences() -> list[Any]:
            found = ask(f"{url}/api/v2/silences")
            return sorted(str(each["matchers"]) for each in found if each["status"]["state"] == "active")

        arguments = [
            program, f"--config.file={folder / 'config.yml'}", f"--storage.path={folder / 'data'}",
            f"--web.listen-address={url.removeprefix('http://')}", "--cluster.listen-address=", "--log.level=error",
        ]  # fmt: skip
        with running(arguments, folder=folder, ready=ready):
            yield World({"url": url, "token": "env:AM_TOKEN"}, SECRETS, look=silences)


@contextmanager
def with_an_alert() -> Iterator[World]:
    with alertmanager() as world:
        ask(f"{world.settings['url']}/api/v2/alerts", [{"labels": {**LABELS, "instance": "a"}}])
        yield world


@contextmanager
def with_a_silence() -> Iterator[World]:
    with alertmanager() as world:
        silence = {
            "matchers": [{"name": "alertname", "value": "x", "isRegex": False, "isEqual": True}],
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "createdBy": "me", "comment": "why",
        }  # fmt: skip
        made = ask(f"{world.settings['url']}/api/v2/silences", silence)
        yield World(world.settings, SECRETS, world.look, {"silence_id": made["silenceID"]})


def at(url: str) -> World:
    return World({"url": url, "token": "env:AM_TOKEN"}, SECRETS)


SILENCE = {"labels": LABELS, "minutes": 5, "reason": "planned work", "owner": "team-shop"}
GONE = {"silence_id": "11111111-2222-3333-4444-555555555555"}

CASES = [
    ContractCase("alert_active", with_an_alert, {"labels": LABELS}, expect={"active": True, "count": 1}),
    ContractCase(
        "alert_active",
        alertmanager,
        {"labels": LABELS},
        expect={"active": False},
        name="nothing fires",
        faults=http_faults(at),
    ),
    ContractCase(
        "silence",
        alertmanager,
        SILENCE,
        changes=True,
        expect={"active": True},
        undo_restores=True,
        faults=http_faults(at),
    ),
    ContractCase("expire_silence", with_a_silence, changes=True, expect={"active": False}),
]
