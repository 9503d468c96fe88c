"""Trying a payload by API, command line and console: what would become of it, every problem with its mend, nothing stored."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.browser.reading import form_of, read_page
from tests.browser.site import PASSWORD, Site, open_site
from tests.doors.conftest import Place
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.domain.signal import Payload
from tickless.doors.cli import create_cli
from tickless.flow.desk.trying import Sample, Trying

SAMPLE = {
    "server": "backup-1",
    "jobs": [
        {"name": "crm-db", "result": "failed", "prio": "high", "finished": "2026-03-02T04:12:00Z"},
        {"name": "files", "result": "success", "finished": 1772424720},
    ],
}
MAPPING = """
items = "body.jobs"
fingerprint = "'backup/' + item.name"
title = "'Backup of ' + item.name + ': ' + item.result"
state = "item.result == 'success' ? 'resolved' : 'firing'"
severity = "has(item.prio) ? item.prio : 'warning'"
occurred_at = "item.finished"
labels = { server = "body.server" }
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("mapping")) as opened:
        yield opened


@pytest.fixture(scope="module")
def trying(site: Site) -> Trying:
    return site.house.desk.trying


def sample(body: Any, **more: Any) -> Sample:
    return Sample(body=json.dumps(body).encode(), **more)


def test_what_fits_is_shown_as_it_would_become(trying: Trying) -> None:
    trial = trying.with_mapping(MAPPING, sample(SAMPLE))
    assert trial.fits
    assert (trial.entries, trial.problems) == (2, ())
    told = [(one.signal.state, one.signal.severity, one.signal.fingerprint) for one in trial.becomes]
    assert told == [("firing", "error", "backup/crm-db"), ("resolved", "warning", "backup/files")]
    assert trial.becomes[0].need == "backup_failed"
    assert trial.becomes[0].signal.label("server") == "backup-1"


@pytest.mark.parametrize(
    "around",
    [
        "{0}",
        "[mapping]\n{0}",
        "most_items = 5\n[mapping]\n{0}",
        '[connectors.x]\nuse = "http"\n[connectors.backup]\nuse = "webhook"\n[connectors.backup.settings.mapping]\n{0}',
    ],
)
def test_a_mapping_is_read_as_it_stands_in_the_settings(trying: Trying, around: str) -> None:
    assert trying.with_mapping(around.replace("{0}", MAPPING), sample(SAMPLE)).fits


def test_a_mapping_may_be_json(trying: Trying) -> None:
    assert trying.with_mapping(json.dumps(tomllib.loads(MAPPING)), sample(SAMPLE)).fits


def test_every_problem_says_where_and_how_to_mend_it(trying: Trying) -> None:
    broken = {"jobs": [{"name": "a", "result": "failed", "finished": "soon"}, {"result": "success", "finished": 0}]}
    trial = trying.with_mapping(MAPPING, sample(broken))
    assert not trial.fits
    assert trial.entries == 2
    where = [problem.where for problem in trial.problems]
    assert where == [
        "entry 1, occurred_at",
        "entry 1, labels.server",
        "entry 2, fingerprint",
        "entry 2, title",
        "entry 2, labels.server",
    ]
    assert all(problem.mend and problem.expression for problem in trial.problems)


@pytest.mark.parametrize(
    ("mapping", "where"),
    [
        ("fingerprint = ", "the mapping"),
        ('{"fingerprint": ', "the mapping"),
        ('title = "body.a"', "mapping.fingerprint"),
        ('fingerprint = "body."\ntitle = "body.a"', "mapping.fingerprint"),
        ('fingerprint = "boddy.a"\ntitle = "body.a"', "mapping.fingerprint"),
        ('fingerprint = "body.a"\ntitle = "body.a"\ncolour = "body.b"', "mapping.colour"),
        ("", "mapping.fingerprint"),
        ("[1", "the mapping"),
    ],
)
def test_a_mapping_that_cannot_stand_is_told_by_field(trying: Trying, mapping: str, where: str) -> None:
    trial = trying.with_mapping(mapping, sample({"a": "b"}))
    assert (trial.fits, trial.entries) == (False, None)
    assert trial.problems[0].where == where
    assert trial.problems[0].mend


def test_what_would_count_as_the_same_event_is_noted(trying: Trying) -> None:
    mapping = 'items = "body"\nfingerprint = "item.id"\ntitle = "item.id"'
    trial = trying.with_mapping(mapping, sample([{"id": "a"}, {"id": "b"}, {"id": "a"}]))
    assert trial.fits
    assert [(problem.where, problem.serious) for problem in trial.problems] == [("entry 3", False)]


def test_any_source_can_be_tried(trying: Trying) -> None:
    alerts = [{"labels": {"alertname": "Down", "service": "shop"}}, {"labels": {}}]
    trial = trying.with_source("alertmanager", sample(alerts))
    assert [one.signal.title.raw for one in trial.becomes] == ["Down"]
    assert [problem.where for problem in trial.problems] == ["entry 2"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(mapping=st.text(max_size=80), body=st.binary(max_size=60))
def test_nothing_that_is_written_breaks_it(trying: Trying, mapping: str, body: bytes) -> None:
    trial = trying.with_mapping(mapping, Sample(body=body))
    assert trial.problems or trial.fits


def test_nothing_is_stored(site: Site, trying: Trying) -> None:
    log = site.journal.signals
    before = (log.head(), len(log.quarantined(limit=100)))
    trying.with_mapping(MAPPING, sample(SAMPLE))
    trying.with_mapping(MAPPING, Sample(body=b"{no json"))
    trying.with_source("alertmanager", sample([{"labels": {"alertname": "Down"}}]))
    assert (log.head(), len(log.quarantined(limit=100))) == before


# The console


def signed_in(site: Site, login: str) -> TestClient:
    browser = TestClient(site.app)
    browser.post("/sign-in", data={"login": login, "password": PASSWORD})
    return browser


def attempt(browser: TestClient, **fields: str) -> str:
    page = read_page(browser.get("/mapping").text)
    form = {**form_of(page, "/mapping"), "payload": json.dumps(SAMPLE), "mapping": MAPPING, "source": "", **fields}
    answer = browser.post("/mapping", data=form)
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def test_the_page_shows_what_would_become_of_it_and_keeps_what_was_written(site: Site) -> None:
    text = attempt(signed_in(site, "admin"))
    assert "It fits." in text
    assert "Backup of crm-db: failed" in text
    assert "backup/files" in text
    assert "has(item.prio)" in text, "the mapping stays in the form"


def test_the_page_tells_what_to_mend_and_nothing_from_outside_is_markup(site: Site) -> None:
    hostile = "<script>alert(1)</script>"
    text = attempt(signed_in(site, "admin"), payload=json.dumps({"jobs": [{"name": hostile, "result": "failed"}]}))
    assert "It does not fit." in text
    assert "entry 1, occurred_at" in text
    assert hostile not in text


def test_a_payload_in_quarantine_is_tried_from_its_page(site: Site) -> None:
    body = Payload(source="alertmanager", received_at=site.clock.now(), body=b'{"odd": true}')
    aside = site.journal.signals.put_aside(body, reason="r", mend="m")
    browser = signed_in(site, "admin")
    link = f"/mapping?quarantined={aside}"
    assert link in browser.get(f"/quarantine/{aside}").text
    page = browser.get(link).text
    assert "{&#34;odd&#34;: true}" in page
    assert '<option value="alertmanager" selected>' in page


def test_the_page_is_for_those_who_may_read(site: Site) -> None:
    assert signed_in(site, "employee").get("/mapping").status_code == 403
    assert signed_in(site, "auditor").get("/mapping").status_code == 200
    assert TestClient(site.app).post("/mapping", data={"payload": "{}"}).status_code in {303, 401, 403}


# The API and the command line, before a house that serves


def test_the_api_tries_a_payload(place: Place) -> None:
    with place.client() as client:
        asked = {"payload": json.dumps(SAMPLE), "mapping": MAPPING}
        told = client.post("/api/v1/mapping/test", json=asked).json()
        packed = {"payload_base64": base64.b64encode(json.dumps(SAMPLE).encode()).decode(), "mapping": MAPPING}
        again = client.post("/api/v1/mapping/test", json=packed).json()
        assert [one["event_key"] for one in again["becomes"]] == [one["event_key"] for one in told["becomes"]]
        for wrong in (
            {},
            {"payload": "{}"},
            {**asked, "source": "x"},
            {**asked, "payload_base64": "e30="},
            {"payload_base64": "?", "mapping": "x"},
        ):
            assert client.post("/api/v1/mapping/test", json=wrong).status_code == 422
        assert client.post("/api/v1/mapping/test", json={"payload": "{}", "source": "nobody"}).status_code == 404
    assert told["fits"]
    assert [one["signal"]["title"] for one in told["becomes"]] == [
        "Backup of crm-db: failed",
        "Backup of files: success",
    ]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    payload, mapping = tmp_path / "payload.json", tmp_path / "mapping.toml"
    payload.write_text(json.dumps(SAMPLE))
    mapping.write_text(MAPPING)
    return str(payload), str(mapping)


def run(place: Place, *words: str, typed: str | None = None) -> Any:
    return CliRunner().invoke(create_cli(Host()), ["--data", str(place.data), "mapping", "test", *words], input=typed)


def test_the_command_line_tries_a_payload(place: Place, files: tuple[str, str]) -> None:
    payload, mapping = files
    fits = run(place, "--file", payload, "--mapping", mapping)
    assert fits.exit_code == 0, fits.output
    assert "Backup of crm-db: failed" in fits.stdout
    assert "It fits: 2 entries." in fits.stdout
    told = json.loads(run(place, "--file", payload, "--mapping", mapping, "--json").stdout)
    assert told["fits"]


def test_the_command_line_fails_where_it_does_not_fit(place: Place, files: tuple[str, str]) -> None:
    _, mapping = files
    unlike = run(place, "--file", "-", "--mapping", mapping, typed='{"jobs": [{}]}')
    assert unlike.exit_code == 1
    assert "entry 1, fingerprint" in unlike.stdout
    assert "has(" in unlike.stdout
    broken = run(place, "--file", "-", "--mapping", mapping, typed="{")
    assert broken.exit_code == 1
    assert "quarantine" in broken.stdout


def test_the_command_line_is_told_what_it_lacks(place: Place, files: tuple[str, str]) -> None:
    payload, mapping = files
    assert run(place, "--file", payload).exit_code == 2
    assert run(place, "--file", payload, "--mapping", mapping, "--source", "x").exit_code == 2
    assert run(place, "--file", "/nowhere", "--mapping", mapping).exit_code == 2
    assert run(place, "--file", payload, "--source", "nobody").exit_code == 1
    assert run(place, "--file", payload, "--mapping", mapping, "--header", "odd").exit_code == 2
