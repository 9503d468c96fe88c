"""Telemetry for people, over a whole house: the API, the pages with their pictures, and answers that count."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cramjam
import pytest
from bench.prometheus_messages import write_v1
from starlette.testclient import TestClient
from tests.browser.reading import read_page
from tests.lane.houses import house_over, wait_for_case

from tickless.app.build import House
from tickless.app.serving import local_user
from tickless.domain.service import Service
from tickless.domain.world import World

QUEUE = (("__name__", "queue_length"), ("service", "shop"), ("instance", "<b>shop-1</b>"))
EXPIRY = (("__name__", "probe_ssl_earliest_cert_expiry"), ("certificate", "shop.example"))


@dataclass
class Open:
    """A house with a queue that jumped and a certificate that runs out."""

    house: House
    client: TestClient
    bearer: dict[str, str]
    case: Any

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1{path}", headers=self.bearer)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, path: str) -> tuple[str, str]:
        answer = self.client.get(path)
        assert answer.status_code == 200
        return answer.text, read_page(answer.text).text


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    folder: Path = tmp_path_factory.mktemp("telemetry")
    world = World.of(services=[Service(id="shop", name="Shop", criticality=1)])
    with (
        house_over(folder, connectors={}, bindings={}, secrets={}, world=world) as house,
        TestClient(house.site, base_url="http://localhost") as client,
    ):
        user = local_user(house)
        scopes = ["signals:write", "read", "act"]
        token = house.entrance.create_token("all", user=user, scopes=scopes).token
        bearer = {"Authorization": f"Bearer {token}"}
        begun = time.time() - 60 * 340

        def write(series: tuple[tuple[str, str], ...], first: int, values: list[float]) -> None:
            samples = [(int((begun + 60 * (first + place)) * 1_000), value) for place, value in enumerate(values)]
            packed = bytes(cramjam.snappy.compress_raw(write_v1([(series, samples)])))
            kinds = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
            assert client.post("/api/v1/write", content=packed, headers=bearer | kinds).status_code == 204

        ends = time.time() + 12 * 86_400
        write(EXPIRY, 0, [ends])
        write(QUEUE, 0, [40.0 + turn % 5 for turn in range(330)])
        house.desk.telemetry.look()
        write(QUEUE, 330, [900.0])
        write(EXPIRY, 331, [ends])
        write(EXPIRY, 332, [ends])
        house.desk.telemetry.look()
        case = wait_for_case(house, "an anomaly", lambda one: one.need == "metric_anomaly")
        wait_for_case(house, "a forecast", lambda one: one.need == "certificate_expiring")
        client.post(f"/enter/{house.entrance.make_link(user)}")
        yield Open(house, client, bearer, case)


def test_the_api_tells_what_is_unlike_itself_and_what_is_used_up(opened: Open) -> None:
    found = opened.get("/telemetry")
    assert [one["name"].startswith("queue_length{") for one in found["unlike"]] == [True]
    assert found["budget"]["delivered"] == 1
    (forecast,) = found["pressing"]
    assert forecast["kind"] == "certificate"
    assert forecast["basis"] == "calendar"
    assert "runs out in 12 days" in forecast["text"]
    assert opened.get("/telemetry/forecasts")[0]["series"] == forecast["series"]
    assert opened.get("/telemetry/patterns") == []
    series = opened.get(f"/telemetry/series/{found['unlike'][0]['series']}")
    assert max(one["value"] for one in series["points"]) == 900.0
    assert series["sightings"][0]["text"].endswith("saw 900")
    assert opened.get("/telemetry/series?q=queue+shop")[0]["series"] == series["series"]
    assert opened.client.get("/api/v1/telemetry/series/none", headers=opened.bearer).status_code == 404


def test_a_forecast_is_a_risk_about_what_runs_out(opened: Open) -> None:
    case = wait_for_case(opened.house, "a forecast", lambda one: one.need == "certificate_expiring")
    assert (case.kind, case.subject) == ("risk", "ci:certificate:shop.example")


def test_the_pages_draw_the_course_and_say_the_same_in_a_table(opened: Open) -> None:
    html, said = opened.page(f"/cases/{opened.case.number}")
    assert 'class="course"' in html
    assert "What telemetry saw" in said
    assert "saw 900" in said
    assert "stands out" in said
    assert "<b>shop-1" not in html
    assert "style=" not in html.partition("<main")[2]
    series = opened.get("/telemetry")["unlike"][0]["series"]
    html, said = opened.page(f"/telemetry/series/{series}")
    assert 'class="band"' in html
    assert "The same as a table" in said
    _, said = opened.page("/telemetry")
    assert "1 in the last seven days, 5 a week were asked for" in said
    assert "runs out in 12 days" in said
    _, said = opened.page("/telemetry?q=queue")
    assert "queue_length" in said
    _, said = opened.page("/telemetry/limits")
    assert "shop.example" in said
    _, said = opened.page("/telemetry/patterns")
    assert "No log is sent yet" in said


def test_an_answer_counts_is_written_down_and_is_taken_back(opened: Open) -> None:
    series = opened.get("/telemetry")["unlike"][0]["series"]
    given = {"says": "noise", "case": opened.case.number}
    made = opened.client.post(f"/api/v1/telemetry/series/{series}/answers", json=given, headers=opened.bearer)
    assert made.status_code == 201
    assert made.json()["case"] == opened.case.id
    assert opened.get(f"/telemetry/series/{series}")["rarer_by_answers"] == pytest.approx(10**0.5)
    before = opened.house.desk.telemetry.overseeing.overlook.series(series).correction
    _, said = opened.page(f"/cases/{opened.case.number}")
    assert "3.16 times rarer" in said
    undone = opened.client.delete(f"/api/v1/telemetry/answers/{made.json()['id']}", headers=opened.bearer)
    assert undone.json()["undone_at"] is not None
    assert opened.house.desk.telemetry.overseeing.overlook.series(series).correction == pytest.approx(before - 0.5)
    twice = opened.client.delete(f"/api/v1/telemetry/answers/{made.json()['id']}", headers=opened.bearer)
    assert twice.status_code == 409
    with opened.house.journal.read() as tx:
        told = [row.action for row in tx.audit.rows() if row.action.startswith("telemetry.")]
    assert sorted(told) == ["telemetry.noise", "telemetry.taken_back"]


def test_only_who_may_act_answers(opened: Open) -> None:
    user = local_user(opened.house)
    token = opened.house.entrance.create_token("reader", user=user, scopes=["read"]).token
    bearer = {"Authorization": f"Bearer {token}"}
    refused = opened.client.post("/api/v1/telemetry/series/x/answers", json={"says": "noise"}, headers=bearer)
    assert refused.status_code == 403
    unknown = opened.client.post("/api/v1/telemetry/series/x/answers", json={"says": "noise"}, headers=opened.bearer)
    assert unknown.status_code == 404
