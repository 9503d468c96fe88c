"""The command line as its users type it, before a house that serves."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import Place
from typer.testing import CliRunner, Result

from tickless.app.host import Host, is_there
from tickless.domain.runbook import Runbook
from tickless.doors.cli import create_cli
from tickless.doors.cli.client import ApiClient, CallFailed, NotReachable, RunningServer
from tickless.doors.cli.output import plain
from tickless.sdk.testing import Answer, closed_port, serve


@dataclass(frozen=True)
class Shell:
    """A shell in which `tickless` speaks to this data folder."""

    data: Path

    def run(self, *words: str, code: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(create_cli(Host()), ["--data", str(self.data), *words], input=typed)
        assert result.exit_code == code, f"{result.exit_code}: {result.output}\n{result.exception!r}"
        assert "Traceback" not in result.output
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code).stdout)


@pytest.fixture
def shell(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    for name in ("TICKLESS_URL", "TICKLESS_DATA", "TICKLESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(place.data)


def locked(place: Place, number: int) -> Any:
    person = place.sample.company.people[number]
    for _ in range(6):
        place.sample.estate.sign_in(person.username, "wrong")
    return person


def test_ask_prints_the_conversation_and_then_the_story(place: Place, shell: Shell) -> None:
    person = locked(place, 90)
    told = shell.run("ask", "I'm locked out of my account", "--as", person.username).stdout
    lines = [told.index(f"{person.name}: I'm locked out"), told.index("Tickless: ")]
    stages = ["1 Signals", "2 Understood", "4 Impact", "5 Decided", "6 Done", "7 Verified", "8 Outcome"]
    places = lines + [told.index(stage) for stage in stages]
    assert places == sorted(places)
    assert "verified" in told
    assert place.sample.estate.sign_in(person.username, "whatever")[1] != "locked"


def test_ask_gives_everything_as_json(place: Place, shell: Shell) -> None:
    person = locked(place, 91)
    told = shell.json("ask", "I'm locked out of my account", "--as", person.username)
    assert [story["case"]["outcome"] for story in told["stories"]] == ["verified"]
    assert told["messages"][0]["text"] == "I'm locked out of my account"
    reference = str(told["stories"][0]["case"]["number"])
    assert shell.json("case", "show", reference)["case"]["outcome"] == "verified"
    assert "8 Outcome" in shell.run("case", "show", reference).stdout
    listed = shell.json("case", "list", "--ended", "-n", "200")["items"]
    assert int(reference) in [case["number"] for case in listed]
    assert f"\n{reference} " in shell.run("case", "list", "-n", "200").stdout

    again = shell.run("case", "reopen", reference, "--reason", "locked again").stdout
    assert f"Case #{reference}" in again
    assert "no case '999999'" in shell.run("case", "show", "999999", code=1).stderr


def test_an_unverified_person_is_asked_first(place: Place, shell: Shell) -> None:
    person = locked(place, 92)
    told = shell.run("ask", "I'm locked out of my account", "--as", person.username, "--unverified").stdout
    assert "To answer: tickless ask" in told
    assert place.sample.estate.sign_in(person.username, "whatever")[1] == "locked"


def test_run_says_what_it_would_do_and_takes_inputs(place: Place, shell: Shell) -> None:
    person = locked(place, 93)
    told = shell.run("run", "directory.unlock-account", f"person={person.username}", "--dry-run").stdout
    assert "nothing was changed" in told
    assert place.sample.estate.sign_in(person.username, "whatever")[1] == "locked"
    assert "person" in shell.run("run", "directory.unlock-account", code=1).stderr
    assert "KEY=VALUE" in shell.run("run", "directory.unlock-account", "person", code=2).stderr
    assert "no runbook" in shell.run("run", "no.such", "a=b", code=1).stderr
    case = shell.json("run", "directory.unlock-account", f"person={person.username}", "--reason", "a call")
    assert case["need"] == "account_unlock"


def test_signals_are_sent_listed_put_aside_and_replayed(shell: Shell, tmp_path: Path) -> None:
    alert = tmp_path / "alert.json"
    labels = {"alertname": "[bold]Odd[/bold]\u202e", "severity": "info"}
    alert.write_text(json.dumps([{"labels": labels}]), encoding="utf-8")
    assert "received 1, new 1" in shell.run("signal", "send", "monitor", str(alert)).stdout
    assert "[bold]Odd[/bold]" in shell.run("signal", "list").stdout, "hostile markup is only text"
    assert "\u202e" not in shell.run("signal", "list").stdout

    broken = shell.run("signal", "send", "monitor", "-", code=1, typed="{not json").stderr
    assert "→" in broken, "it says how to mend it"
    aside = shell.json("signal", "quarantine")["items"][0]["id"]
    assert {one["name"]: one["heartbeat"] for one in shell.json("signal", "sources")["items"]}["monitor"] == "off"
    assert "alertmanager" in shell.run("signal", "sources").stdout.lower()
    assert aside in shell.run("signal", "quarantine").stdout
    assert "still cannot be read" in shell.run("signal", "replay", aside, code=1).stdout
    assert "no source" in shell.run("signal", "send", "nosuch", str(alert), code=1).stderr
    assert "cannot be read" in shell.run("signal", "send", "monitor", str(tmp_path / "none"), code=2).stderr


def test_a_lesson_is_added_tried_and_refused(shell: Shell) -> None:
    added = shell.run("lesson", "add", "the doohickey lost its widget", "vpn_trouble").stdout
    identity = added.split()[0]
    tried = shell.run("lesson", "try", identity).stdout
    assert "sentences read again" in tried
    assert tried.rstrip().endswith("fits")
    assert "doohickey" in shell.run("lesson", "list").stdout
    assert "refused below" in shell.run("lesson", "refusal").stdout
    assert "is refused" in shell.run("lesson", "refuse", identity, "--reason", "a joke").stdout
    assert "No lesson is taught" in shell.run("lesson", "list", "--state", "taught").stdout
    assert "vpn_trouble" in shell.run("lesson", "add", "some words here", "no_need", code=1).stderr


def test_runbooks_are_listed_shown_and_checked_without_a_server(shell: Shell, tmp_path: Path) -> None:
    assert "directory.unlock-account" in shell.run("runbook", "list").stdout
    assert "verify:" in shell.run("runbook", "show", "directory.unlock-account").stdout
    assert json.loads(shell.run("runbook", "schema").stdout) == Runbook.model_json_schema(by_alias=True)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("runbook: a.b\ntitle: A\n", encoding="utf-8")
    nowhere = Shell(tmp_path / "empty")
    told = nowhere.run("runbook", "check", str(wrong), code=1).stdout
    assert f"{wrong}:" in told
    assert nowhere.json("runbook", "check", str(wrong), code=1)[str(wrong)]
    assert "everything compiles" in shell.run("runbook", "sync").stdout
    assert shell.json("runbook", "sync", "--dry-run")["problems"] == []
    shell.run("runbook", "rung", "mailbox.raise-quota", "approve")
    assert shell.run("runbook", "rung", "mailbox.raise-quota", "god", code=2)


def test_tokens_are_shown_once_and_revoked(shell: Shell) -> None:
    made = shell.json("token", "create", "from the test", "--scope", "read", "--days", "1")
    assert made["token"].startswith("tkl_")
    listed = shell.run("token", "list").stdout
    assert "from the test" in listed
    assert made["token"] not in listed
    shell.run("token", "revoke", made["id"])
    assert "no token" in shell.run("token", "revoke", made["id"], code=1).stderr
    assert "scopes" in shell.run("token", "create", "x", "--scope", "everything", code=1).stderr


def test_a_link_that_is_made_while_no_server_runs_leads_to_where_it_will_run(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("tickless"), "--data", tmp_path, *words], cwd=tmp_path, text=True, check=True,
            capture_output=True,
        )  # fmt: skip

    run("user", "create", "newcomer", "--role", "operator")
    told = run("user", "link", "newcomer")
    assert told.stdout.startswith("http://127.0.0.1:8480/enter/")
    assert "no server runs yet" in told.stderr


def test_users_people_and_brakes(place: Place, shell: Shell) -> None:
    person = place.sample.company.people[94]
    assert person.id in shell.run("person", "find", person.username).stdout
    assert "Nobody is called" in shell.run("person", "find", "qqqqqq").stdout
    shell.run("user", "create", "newcomer", "--role", "operator", "--person", person.id)
    assert "newcomer" in shell.run("user", "list").stdout
    assert shell.run("user", "link", "newcomer").stdout.startswith(f"{place.url}/enter/")
    word = "a long enough password"
    shell.run("user", "password", "newcomer", typed=f"{word}\n{word}\n")
    assert place.sample.house.entrance.sign_in("newcomer", word, address="x").user.person == person.id
    assert "12" in shell.run("user", "password", "newcomer", typed="short\nshort\n", code=1).stderr

    shell.run("switch", "on", "service:shop-web", "--reason", "a test")
    assert "service:shop-web" in shell.run("switch", "list").stdout
    shell.run("switch", "off", "service:shop-web", "--reason", "a test")
    assert "no brake" in shell.run("switch", "on", "everything", "--reason", "x", code=1).stderr


def test_the_record_is_listed_verified_and_exported(shell: Shell, tmp_path: Path) -> None:
    shell.run("switch", "off", "service:reporting", "--reason", "leaves a row")
    assert "switch:service:reporting" in shell.run("audit", "list", "-n", "3").stdout
    assert "none changed" in shell.run("audit", "verify").stdout
    shell.run("audit", "export", str(tmp_path / "audit.ndjson"))
    rows = [json.loads(line) for line in (tmp_path / "audit.ndjson").read_text(encoding="utf-8").splitlines()]
    told = [row["seq"] for row in rows if "seq" in row]  # behind them: how they are signed
    assert told == list(range(1, len(told) + 1))
    assert len(told) > len(rows) // 2
    assert shell.json("audit", "verify")["rows"] >= len(told)


def test_numbers_doctor_approvals_and_export(shell: Shell, tmp_path: Path) -> None:
    assert "minutes saved" in shell.run("numbers").stdout
    doctor = CliRunner().invoke(create_cli(Host()), ["--data", str(shell.data), "doctor", "--json"])
    checks = json.loads(doctor.stdout)
    assert "audit chain" in {check["check"] for check in checks}
    assert doctor.exit_code == (0 if all(check["ok"] for check in checks) else 1)
    assert shell.json("approve", "list", "--state", "denied")["items"] == []
    assert "No approval is denied." in shell.run("approve", "list", "--state", "denied").stdout
    assert "no approval" in shell.run("approve", "no", "apr_none", "--reason", "x", code=1).stderr
    written = shell.json("export", str(tmp_path / "all"))
    assert written["people"] > 100
    assert len((tmp_path / "all" / "people.ndjson").read_text(encoding="utf-8").splitlines()) == written["people"]
    assert "not empty" in shell.run("export", str(tmp_path / "all"), code=1).stderr


def test_a_server_that_does_not_answer_is_one_line_and_code_3(shell: Shell) -> None:
    told = shell.run("--url", "http://127.0.0.1:9", "case", "list", code=3).stderr
    assert "no Tickless answers at http://127.0.0.1:9" in told
    assert len(told.strip().splitlines()) == 2
    shell.run("--url", "nonsense", "case", "list", code=3)


def test_a_wrong_token_is_told(place: Place, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TICKLESS_TOKEN", "tkl_wrong")
    told = shell.run("--url", place.url, "case", "list", code=1).stderr
    assert "token" in told


@pytest.mark.parametrize("words", [("ask",), ("case", "close", "1"), ("nosuch",), ("case", "list", "-n", "0")])
def test_wrong_usage_is_code_2(shell: Shell, words: tuple[str, ...]) -> None:
    shell.run(*words, code=2)


def test_every_command_says_what_it_is_for(shell: Shell) -> None:
    wanted = "serve demo ask case run approve signal runbook doctor audit export token user switch person init numbers"
    told = shell.run("--help").stdout
    for name in wanted.split():
        assert f" {name} " in told
        assert shell.run(name, "--help").stdout
    assert shell.run("--version").stdout.startswith("tickless ")


def test_init_writes_settings_once(shell: Shell, tmp_path: Path) -> None:
    shell.run("init", str(tmp_path / "new"))
    assert (tmp_path / "new" / "tickless.toml").is_file()
    assert "exists" in shell.run("init", str(tmp_path / "new"), code=1).stderr


def test_the_server_file_is_for_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        (tmp_path / "server.json").write_text("old", encoding="utf-8")
        path = RunningServer("http://127.0.0.1:1", "tkl_x").announce(tmp_path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert RunningServer.find(tmp_path) == RunningServer("http://127.0.0.1:1", "tkl_x")
    path.write_text("[]", encoding="utf-8")
    assert RunningServer.find(tmp_path) is None


def test_an_answer_that_is_not_ours_is_told(place: Place) -> None:
    with pytest.raises(CallFailed) as caught:
        ApiClient.connect(place.sample.estate.urls["office"], "tkl_x").get("/cases")
    assert "not as Tickless does" in str(caught.value)
    with pytest.raises(NotReachable):
        ApiClient.connect("http://127.0.0.1:9", "").get("/cases")


@pytest.mark.parametrize("text", ["[red]x[/red]", "a\x1b[31mb", "a\u202eb", ":smile:"])
def test_cells_are_plain_text(text: str) -> None:
    shown = plain(text).plain
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]" not in text or shown == text


def test_a_house_that_is_too_busy_to_answer_is_there_and_anything_else_is_not() -> None:
    answers = {"well": Answer(200, {}), "broken": Answer(503, {}), "busy": Answer(hangs=True), "else": Answer(404, {}),
               "strange": Answer(401, {})}  # fmt: skip
    found = {}
    for name, answer in answers.items():
        with serve(lambda _, answer=answer: answer) as server:  # type: ignore[misc]
            found[name] = is_there(RunningServer(server.url, "t"), patience=0.5 if answer.hangs else 30.0)
    found["gone"] = is_there(RunningServer(f"http://127.0.0.1:{closed_port()}", "t"))
    assert found == {"well": True, "broken": True, "busy": True, "else": False, "strange": False, "gone": False}
