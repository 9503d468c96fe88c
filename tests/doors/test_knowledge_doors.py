"""Knowledge over the API and the command line: what is found, brought in, refused, and looked after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import Place
from typer.testing import CliRunner

from tickless.app.host import Host
from tickless.doors.cli import create_cli

FRONT = "---\nid: kites\ntitle: Kites\nreviewed: 2026-01-31\nquestions: [where may I fly a kite]\n---\n\n"
GOOD = f"{FRONT}On the hill behind gate 4.\n"


@pytest.fixture
def shell(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(create_cli(Host()), ["--data", str(place.data), "knowledge", *words])
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return result

    return run


def test_a_folder_comes_in_and_answers(shell: Any, tmp_path: Path) -> None:
    folder = tmp_path / "sky"
    folder.mkdir()
    (folder / "kites.md").write_text(GOOD)
    assert "1 added" in shell("import", str(folder), "--dry-run").stdout
    assert "sky: 1 added, 0 changed, 0 retired, 0 same" in shell("import", str(folder)).stdout
    told = json.loads(shell("search", "where may I fly my kite?", "--json").stdout)
    assert told["answer"] == "On the hill behind gate 4. [1]"
    assert told["found"][0]["href"] == "/knowledge/kites"
    assert "On the hill" in shell("show", "kites").stdout
    assert json.loads(shell("show", "kites", "--json").stdout)["source"] == "sky/kites.md"
    (folder / "kites.md").unlink()
    assert "1 retired" in shell("import", str(folder)).stdout
    assert json.loads(shell("search", "where may I fly my kite?", "--json").stdout)["answer"] is None


def test_what_is_wrong_names_file_line_and_mend(shell: Any, tmp_path: Path) -> None:
    folder = tmp_path / "sea"
    folder.mkdir()
    (folder / "boats.md").write_text(GOOD.replace("id: kites", "id: boats"))
    (folder / "bad.md").write_text(GOOD.replace("2026-01-31", "soon"))
    refused = shell("import", str(folder), code=1)
    assert "sea/bad.md:4: reviewed" in refused.stderr
    assert "2026-01-31" in refused.stderr
    assert shell("show", "boats", code=1)


def test_what_is_listed_and_looked_after(shell: Any) -> None:
    listed = json.loads(shell("list", "--json").stdout)["items"]
    assert len(listed) >= 40
    assert "Expenses and travel claims" in shell("list").stdout
    review = json.loads(shell("review", "--json").stdout)
    assert {"discounts", "data-classes"} <= {one["id"] for one in review["concerns"]}
    assert 0.3 < review["bar"] < 1
    assert "review overdue" in shell("review").stdout
    assert shell("unanswered").stdout
    assert "No folder of articles" in shell("import").stdout


def test_articles_are_written_by_those_who_may(place: Place) -> None:
    body = {"title": "Moon", "text": "It is **far**.", "state": "published", "base": 0}
    entrance = place.sample.house.entrance
    reader = entrance.create_token(
        "r", user=entrance.create_user("moon-reader", roles=["auditor"]), scopes=["read"]
    ).token
    with place.client(reader) as http:
        assert http.put("/api/v1/knowledge/moon", json=body).status_code == 403
    with place.client() as http:
        made = http.put("/api/v1/knowledge/moon", json=body)
        assert (made.status_code, made.json()["version"]) == (200, 1)
        assert http.put("/api/v1/knowledge/moon", json=body).status_code == 409
        assert http.put("/api/v1/knowledge/Not An Id", json=body).status_code == 422
        assert http.put("/api/v1/knowledge/expenses", json={**body, "base": None}).status_code == 409
        assert [one["number"] for one in http.get("/api/v1/knowledge/moon/history").json()["items"]] == [1]
        assert http.get("/api/v1/knowledge/nothing").status_code == 404
        assert http.post("/api/v1/knowledge/sync").json()["items"] == []
    with place.client(reader) as http:
        assert http.get("/api/v1/knowledge/moon").json()["text"] == "It is **far**."
        assert http.get("/api/v1/knowledge/tallybook-closing").status_code == 404
