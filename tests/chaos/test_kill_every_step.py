"""`kill -9` inside and after every step: nothing is lost, every effect happens once, and the record hangs together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.chaos.conftest import EVERY_KIND, Server, Spawn
from tests.journal.databases import BOTH, empty

from tickless.domain.person import Person
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """URL of an empty PostgreSQL database; None: SQLite files in the data folder."""
    if request.param == "sqlite":
        yield None
        return
    with empty(request.param, tmp_path_factory.mktemp("chaos"), request) as urls:
        yield urls.main


def kinds_of(server: Server, word: str) -> set[str]:
    """The kinds of points of this step or key at which a life ended."""
    return {str(point[0]) for point in server.points if any(word in str(part) for part in point[1:])}


def sound(server: Server, needs: list[str], *, effects: int) -> None:
    """Every case verified, each run done once, no check of the house fails, nothing pending, everybody told once."""
    found = server.result
    assert sorted(found["cases"]) == sorted([need, "resolved", "verified"] for need in needs)
    assert [state for _, state in found["runs"]] == ["done"] * len(needs)
    assert [outcome for outcome, _ in found["resolutions"]] == ["verified"] * len(needs)
    assert all(saved > 0 for _, saved in found["resolutions"]), "what was done before the kill still counts as done"
    assert found["doctor"] == []
    assert found["pending"] == []
    said = [tuple(message) for message in found["messages"]]
    assert len(said) == len(set(said))
    assert found["audit"].count("act.begin") == effects


def test_an_alert_is_healed_once(spawn: Spawn, estate: Estate, database: str | None) -> None:
    estate.fault("kill", "search-api")
    server = spawn(database=database, alerts=True, cases=1, kinds=EVERY_KIND, lives=120)
    server.ended_well()
    sound(server, ["service_down"], effects=1)
    assert [(one.operation, one.target) for one in estate.effects()] == [("process.start", "search-api")]
    for step in (
        "case.decide",
        "case.start_run",
        "run.precheck",
        "run.step",
        "verify.read",
        "verify.verdict",
        "case.resolved",
    ):
        assert kinds_of(server, step) == {"inside", "after"}, step
    assert "effect" in kinds_of(server, ":start")
    assert "stored" in kinds_of(server, "monitor")
    assert int(server.read("lives")) == len(server.points) + 1


def test_a_request_with_an_approval_is_granted_once(
    spawn: Spawn, estate: Estate, database: str | None, strangers: Iterator[Person]
) -> None:
    person = next(strangers)
    says = [{"person": person.id, "text": "I need access to Driftview"}]
    server = spawn(database=database, says=says, cases=1, kinds=EVERY_KIND, lives=120)
    server.ended_well()
    sound(server, ["access_request"], effects=1)
    done = [(one.operation, one.target) for one in estate.effects()]
    assert done == [("directory.add_to_group", f"{person.username}/app-driftview")]
    for step in ("case.decide", "case.ask_approval", "case.close_approval", "run.step", "verify.read", "case.resolved"):
        assert kinds_of(server, step) >= {"inside", "after"}, step
    assert kinds_of(server, "approval:apr_") == {"sent"}
    assert "effect" in kinds_of(server, ":grant")
    assert server.result["audit"].count("approval.approved") == 1


def test_a_password_is_reset_once_after_one_code(spawn: Spawn, estate: Estate, strangers: Iterator[Person]) -> None:
    person = next(strangers)
    before = len(estate.sms(person.phone or ""))
    says = [{"person": person.id, "text": "i forgot my password"}]
    server = spawn(says=says, cases=1, kinds=EVERY_KIND, lives=120)
    server.ended_well()
    sound(server, ["password_reset"], effects=3)
    done = [(one.operation, one.target) for one in estate.effects()]
    assert done == [("phone.send", person.phone), ("directory.set_password", person.username)]
    assert len(estate.sms(person.phone or "")) == before + 1
    for step in ("case.ask_person", "case.take_answer"):
        assert kinds_of(server, step) == {"inside", "after"}, step
    assert [one for one in server.result["audit"] if one.startswith("identity.")] == ["identity.proved"]
    assert kinds_of(server, "answer:que_") == {"sent"}
