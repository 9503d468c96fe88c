"""The contract suite itself: each check fails on a connector that breaks its rule."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from tickless.domain.errors import Forbidden, PayloadRejected, Unreachable
from tickless.domain.signal import Payload
from tickless.sdk import Call, Connector, Item, Output, Params, Result, receiver
from tickless.sdk.http import HttpClient
from tickless.sdk.manifest import Manifest
from tickless.sdk.operations import Operation
from tickless.sdk.testing import Answer, ContractCase, World, http_faults, live, serve
from tickless.sdk.testing.fixtures import Fixture, check_snapshot, fixtures_of
from tickless.sdk.testing.folder import check_loads_offline, check_readme
from tickless.sdk.testing.parsing import check_stable, check_total
from tickless.sdk.testing.promises import check_capabilities, check_params, check_promises
from tickless.sdk.testing.proofs import unproven
from tickless.sdk.testing.quality import RULES, earned_tier

SECRET = "a-secret-that-must-not-leak-4411"
ALL_DONE = {rule.name: "done" for rule in RULES}


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    url: str = ""


class Nothing(Params):
    pass


class Answered(Output):
    status: int = 0


Run = Callable[[Call, Nothing], Result]


def client(call: Call) -> HttpClient:
    return HttpClient(call.settings.url, {"authorization": f"Bearer {call.secret('env:TOKEN')}"})


def post(call: Call, params: Nothing) -> Result:
    if not call.dry_run and call.first_started is None:
        client(call).send("POST", "add", timeout=call.timeout)
    return Result(output=Answered(), changed=True, summary="added one")


def connector(run: Run = post, params: type[Params] = Nothing, **promise: Any) -> Connector:
    stated = {
        "summary": "adds one", "effect": "change", "undo": "irreversible: it only ever adds", "idempotent": True, **promise,
    }  # fmt: skip
    manifest = Manifest.model_validate(
        {"id": "adder", "name": "Adder", "version": "1", "tier": "bronze", "owner": "me", "summary": "adds",
         "gives": ["actions"], "actions": {"add": stated}, "egress": ["settings.url"]}
    )  # fmt: skip
    operation = Operation("add", "action", params, Answered, run)
    return Connector(manifest=manifest, folder=Path(), settings=Settings, operations={"add": operation})


def at(url: str) -> World:
    return World({"url": url}, {"TOKEN": SECRET})


@contextmanager
def counter() -> Iterator[World]:
    with serve(lambda _: Answer()) as server:
        yield World({"url": server.url}, {"TOKEN": SECRET}, look=lambda: len(server.asked))


CASE = ContractCase("add", counter, changes=True, faults=http_faults(at))


def fails(check: Callable[[], object]) -> None:
    with pytest.raises(AssertionError):
        check()


def test_a_sound_connector_passes_every_live_check() -> None:
    live.check_dry_run(connector(), CASE)
    live.check_effect(connector(), CASE)
    live.check_twice(connector(), CASE)
    live.check_no_undo(connector(), CASE)
    for fault in CASE.faults:
        live.check_fault(connector(), CASE, fault)


def test_a_dry_run_that_acts_is_found() -> None:
    def acts(call: Call, params: Nothing) -> Result:
        return post(replace(call, dry_run=False), params)

    fails(lambda: live.check_dry_run(connector(acts), CASE))


def test_an_effect_that_happens_twice_is_found() -> None:
    def forgets(call: Call, params: Nothing) -> Result:
        return post(replace(call, first_started=None), params)

    fails(lambda: live.check_twice(connector(forgets), CASE))


def test_a_change_that_nobody_can_see_is_found() -> None:
    fails(lambda: live.check_effect(connector(lambda call, params: post(replace(call, dry_run=True), params)), CASE))


def test_an_undo_that_is_promised_and_not_handed_out_is_found() -> None:
    fails(lambda: live.check_undo(connector(undo="add"), CASE))


def test_a_call_to_a_host_that_it_does_not_name_is_found() -> None:
    quiet = connector()
    quiet = replace(quiet, manifest=quiet.manifest.model_copy(update={"egress": ()}))
    with pytest.raises(Forbidden, match="may not call"):
        live.check_effect(quiet, CASE)


def test_a_secret_in_a_result_is_found() -> None:
    def tells(call: Call, params: Nothing) -> Result:
        return Result(output=Answered(), changed=True, summary=f"used {call.secret('env:TOKEN')}")

    fails(lambda: live.check_dry_run(connector(tells), CASE))


def test_a_secret_in_an_error_is_found() -> None:
    def tells(call: Call, params: Nothing) -> Result:
        raise Unreachable("no answer", detail=f"with {call.secret('env:TOKEN')}")

    fails(lambda: live.check_fault(connector(tells), CASE, "failing"))


def test_a_failure_that_is_taken_for_success_or_for_another_is_found() -> None:
    def shrugs(call: Call, params: Nothing) -> Result:
        return Result(output=Answered(), summary="never mind")

    def always_down(call: Call, params: Nothing) -> Result:
        raise Unreachable("no answer")

    fails(lambda: live.check_fault(connector(shrugs), CASE, "failing"))
    fails(lambda: live.check_fault(connector(always_down), CASE, "not_found"))


def test_an_effect_without_an_undo_or_a_reason_is_found() -> None:
    check_promises(connector())
    fails(lambda: check_promises(connector(undo="")))
    fails(lambda: check_promises(connector(undo="irreversible:")))
    fails(lambda: check_promises(connector(undo="no_such_action")))


def test_lax_parameters_are_found() -> None:
    class Lax(Params):
        model_config = ConfigDict(extra="ignore")

    check_params(connector())
    fails(lambda: check_params(connector(params=Lax)))


def test_a_capability_with_types_of_its_own_is_found() -> None:
    fails(lambda: check_capabilities(connector(capability="directory.unlock")))
    fails(lambda: check_capabilities(connector(capability="directory.no_such_thing")))


def test_claims_without_proof_are_found_and_lower_the_tier() -> None:
    sound = connector()
    assert {problem.partition(":")[0] for problem in unproven(sound, [], ALL_DONE)} == {
        "errors_mapped", "timeout_honoured", "safe_twice", "dry_run", "read_back", "simulator", "real_product",
    }  # fmt: skip
    assert earned_tier(sound, ALL_DONE) == "proven"
    assert earned_tier(sound, {**ALL_DONE, "dry_run": "exempt: it is too hard"}) == "silver"
    assert earned_tier(sound, {**ALL_DONE, "parsing_total": "exempt: it receives nothing"}) == "proven"
    assert earned_tier(sound, {**ALL_DONE, "readme": "exempt: nobody reads it"}) is None


def receiving(read: Callable[[bytes, Payload, Any], Item], folder: Path = Path()) -> Connector:
    def split(payload: Payload, settings: Any) -> Sequence[bytes]:
        return [payload.body]

    return replace(connector(), receiver=receiver(split=split, read=read), folder=folder)


def arriving(body: bytes) -> Payload:
    return Payload(source="x", received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), body=body)


def test_a_parser_that_trips_is_found() -> None:
    def trips(raw: bytes, payload: Payload, settings: Any) -> Item:
        return Item(fingerprint=json.loads(raw)["id"], title="t")

    check_total(receiving(trips), arriving(b'{"id": "1"}'), Settings())
    with pytest.raises(KeyError):
        check_total(receiving(trips), arriving(b"{}"), Settings())
    fails(lambda: check_total(receiving(trips), arriving(b'{"id": 1}'), Settings()))


def test_a_rejection_without_a_mend_is_found() -> None:
    def refuses(raw: bytes, payload: Payload, settings: Any) -> Item:
        raise PayloadRejected("no")

    fails(lambda: check_total(receiving(refuses), arriving(b""), Settings()))


def test_a_key_that_depends_on_the_time_of_arrival_is_found() -> None:
    def by_time(raw: bytes, payload: Payload, settings: Any) -> Item:
        return Item(fingerprint=str(payload.received_at), title="t")

    fixture = Fixture("x", arriving(b""), Settings(), Path())
    fails(lambda: check_stable(receiving(by_time), fixture))


def test_a_snapshot_that_is_missing_or_different_is_found(tmp_path: Path) -> None:
    def reads(raw: bytes, payload: Payload, settings: Any) -> Item:
        return Item(fingerprint=raw.decode(), title="t")

    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "one.txt").write_text("x")
    reader = receiving(reads, tmp_path)
    (fixture,) = fixtures_of(reader)
    fails(lambda: check_snapshot(reader, fixture))
    right = {"fingerprint": "x", "kind": "alert", "state": "firing", "title": "t"}
    fixture.snapshot.write_text(json.dumps([right]))
    assert check_snapshot(reader, fixture) == {"alert"}
    fixture.snapshot.write_text(json.dumps([{**right, "state": "resolved"}]))
    fails(lambda: check_snapshot(reader, fixture))


def test_a_readme_without_its_sections_is_found(tmp_path: Path) -> None:
    sections = "".join(f"## {name}\n\ntext\n\n" for name in ("Set-up", "Least rights", "Limits", "Removal"))
    (tmp_path / "README.md").write_text(sections)
    check_readme(tmp_path)
    (tmp_path / "README.md").write_text(sections.replace("## Limits\n\ntext", "## Limits\n"))
    fails(lambda: check_readme(tmp_path))


def test_a_folder_that_does_not_load_is_found(tmp_path: Path) -> None:
    fails(lambda: check_loads_offline(tmp_path))
