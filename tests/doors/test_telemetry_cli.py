"""`tickless telemetry …` against a house that serves: what is sent is found, shown, answered, and the answer taken back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import cramjam
import pytest
from bench.prometheus_messages import write_v1
from tests.doors.conftest import Place
from tests.doors.test_cli import Shell

from tickless.app.serving import local_user

SERIES = (("__name__", "node_filesystem_avail_bytes"), ("host", "[b]db-1[/b]"), ("mountpoint", "/srv"))
SIZE = (("__name__", "node_filesystem_size_bytes"), ("host", "[b]db-1[/b]"), ("mountpoint", "/srv"))


@pytest.fixture
def shell(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(place.data)


def send(place: Place, named: dict[Any, float]) -> None:
    """As Prometheus would."""
    house = place.sample.house
    token = house.entrance.create_token("prom", user=local_user(house), scopes=["signals:write"], source="prom").token
    body = write_v1([(labels, [(int(time.time() * 1_000), value)]) for labels, value in named.items()])
    headers = {
        "Authorization": f"Bearer {token}", "Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
    }  # fmt: skip
    with place.client(token) as http:
        packed = bytes(cramjam.snappy.compress_raw(body))
        assert http.post("/api/v1/write", content=packed, headers=headers).status_code == 204


def test_series_are_found_shown_and_answered(place: Place, shell: Shell) -> None:
    send(place, {SIZE: 1e9, SERIES: 3e8})
    place.sample.house.desk.telemetry.look()
    send(place, {SIZE: 1e9, SERIES: 3e8})
    place.sample.house.desk.telemetry.look()
    (found,) = shell.json("telemetry", "find", "avail_bytes srv")
    assert "[b]db-1" in shell.run("telemetry", "find", "avail_bytes").stdout, "hostile markup is only text"
    assert shell.run("telemetry", "find", "nothing of the kind").stdout.startswith("No such series")
    shown = shell.json("telemetry", "series", found["series"])
    assert shown["tier"] == "limit"
    assert shown["forecast"]["measure"] == pytest.approx(70.0)
    assert "judged by" in shell.run("telemetry", "series", found["series"]).stdout
    assert "asked" in shell.run("telemetry", "show").stdout
    assert json.loads(shell.run("telemetry", "show", "--json").stdout)["pressing"] == []
    assert found["series"] in [one["series"] for one in shell.json("telemetry", "forecasts")]
    shell.run("telemetry", "patterns")
    said = shell.json("telemetry", "answer", found["series"], "noise")
    assert "taken back" not in shell.run("telemetry", "series", found["series"]).stdout
    assert "counts no more" in shell.run("telemetry", "take-back", said["id"]).stdout
    assert "taken back" in shell.run("telemetry", "series", found["series"]).stdout
    assert "no such series" in shell.run("telemetry", "series", "unknown", code=1).stderr
    shell.run("telemetry", "answer", found["series"], "perhaps", code=2)
