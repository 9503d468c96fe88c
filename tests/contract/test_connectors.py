"""The contract suite over every connector folder that ships (`tickless.sdk.testing`, see its README)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.servers.lanes import LANES

from tickless.sdk.connector import Connector
from tickless.sdk.registry import connector_folders, load_connector
from tickless.sdk.testing import live
from tickless.sdk.testing.calls import check_calls_its_own, check_calls_nobody
from tickless.sdk.testing.cases import ContractCase, Fault, MissingServer, cases_of
from tickless.sdk.testing.fixtures import check_snapshot, fixtures_of
from tickless.sdk.testing.folder import check_files, check_loads_offline, check_readme, check_settings
from tickless.sdk.testing.parsing import check_stable, check_total, mutations, nested_too_deep
from tickless.sdk.testing.promises import IRREVERSIBLE, check_capabilities, check_gives, check_params, check_promises
from tickless.sdk.testing.proofs import unproven
from tickless.sdk.testing.quality import earned_tier, read_quality

InItsWorld = Callable[[Callable[[], None]], None]
FOLDERS = list(connector_folders())
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


class Found(NamedTuple):
    folder: Path
    case: ContractCase

    @property
    def title(self) -> str:
        return f"{self.folder.name}.{self.case.title}"


CASES = [Found(folder, case) for folder in FOLDERS for case in cases_of(folder)]
FAULTS = [(found, fault) for found in CASES for fault in found.case.faults]
each_case = pytest.mark.parametrize("found", CASES, ids=[found.title for found in CASES])


def promised(found: Found) -> tuple[Connector, str]:
    connector = load_connector(found.folder)
    promise = connector.manifest.actions.get(found.case.operation)
    return connector, promise.undo if promise else ""


@pytest.fixture
def in_its_world(request: pytest.FixtureRequest) -> InItsWorld:
    """Runs a check; where its world lacks a server, the test is left out and its lane named (with `CI` set: it fails)."""

    def run(check: Callable[[], None]) -> None:
        try:
            check()
        except MissingServer as missing:
            if os.environ.get("CI"):
                raise
            request.node.user_properties += [("lane_left_out", lane) for lane in lanes_lacking(missing)]
            pytest.skip(str(missing))

    return run


def lanes_lacking(missing: MissingServer) -> list[str]:
    return [
        name for name, lane in LANES.items() if lane.package == missing.package or missing.program in lane.programs
    ][:1]


def test_there_are_connectors() -> None:
    assert {"alertmanager", "webhook", "http"} <= {folder.name for folder in FOLDERS}


@each_folder
def test_the_folder_is_complete(folder: Path) -> None:
    check_files(folder)
    check_readme(folder)


@each_folder
def test_it_loads_without_a_network(folder: Path) -> None:
    check_loads_offline(folder)


@each_folder
def test_manifest_and_code_promise_the_same(folder: Path) -> None:
    connector = load_connector(folder)
    check_settings(connector)
    check_gives(connector)
    check_promises(connector)
    check_params(connector)
    check_capabilities(connector)


@each_folder
def test_the_tier_claimed_is_the_tier_proven(folder: Path) -> None:
    connector = load_connector(folder)
    claims = read_quality(folder)
    assert unproven(connector, cases_of(folder), claims) == []
    assert connector.manifest.tier == earned_tier(connector, claims)


@each_folder
def test_every_kind_of_signal_has_a_fixture_that_is_read_as_its_snapshot_says(folder: Path) -> None:
    connector = load_connector(folder)
    seen = set()
    for fixture in fixtures_of(connector):
        seen |= check_snapshot(connector, fixture)
    assert set(connector.manifest.kinds) == seen


@each_folder
def test_the_same_payload_has_the_same_keys(folder: Path) -> None:
    connector = load_connector(folder)
    for fixture in fixtures_of(connector):
        check_stable(connector, fixture)


@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if (folder / "fixtures").is_dir()], ids=lambda folder: folder.name
)
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_parsing_is_total(folder: Path, data: st.DataObject) -> None:
    connector = load_connector(folder)
    fixture = data.draw(st.sampled_from(fixtures_of(connector)), label="fixture")
    check_total(connector, data.draw(mutations(fixture), label="payload"), fixture.settings)


@each_folder
def test_no_nesting_is_too_deep(folder: Path) -> None:
    connector = load_connector(folder)
    for fixture in fixtures_of(connector):
        for body in nested_too_deep(fixture.payload.body):
            check_total(connector, fixture.with_body(body), fixture.settings)


@each_case
def test_a_dry_run_changes_nothing(found: Found, in_its_world: InItsWorld) -> None:
    in_its_world(lambda: live.check_dry_run(load_connector(found.folder), found.case))


@each_case
def test_an_operation_does_what_its_case_says(found: Found, in_its_world: InItsWorld) -> None:
    in_its_world(lambda: live.check_effect(load_connector(found.folder), found.case))


@each_case
def test_running_twice_with_the_same_key_has_one_effect(found: Found, in_its_world: InItsWorld) -> None:
    connector, _ = promised(found)
    promise = connector.manifest.actions.get(found.case.operation)
    if promise is not None and not promise.idempotent:
        pytest.skip("the manifest says that it is not idempotent")
    in_its_world(lambda: live.check_twice(connector, found.case))


@pytest.mark.parametrize("found", [found for found in CASES if found.case.changes], ids=lambda found: found.title)
def test_an_undo_takes_the_effect_back(found: Found, in_its_world: InItsWorld) -> None:
    connector, undo = promised(found)
    if undo.startswith(IRREVERSIBLE):
        in_its_world(lambda: live.check_no_undo(connector, found.case))
    else:
        in_its_world(lambda: live.check_undo(connector, found.case))


each_operation = pytest.mark.parametrize(
    "found",
    list({(found.folder.name, found.case.operation): found for found in reversed(CASES)}.values()),
    ids=lambda found: found.title,
)


@each_operation
def test_who_may_call_nobody_calls_nobody(found: Found, in_its_world: InItsWorld) -> None:
    in_its_world(lambda: check_calls_nobody(load_connector(found.folder), found.case))


@each_operation
def test_only_hosts_are_called_that_settings_or_manifest_name(found: Found, in_its_world: InItsWorld) -> None:
    in_its_world(lambda: check_calls_its_own(load_connector(found.folder), found.case))


@pytest.mark.parametrize(("found", "fault"), FAULTS, ids=[f"{found.title}-{fault}" for found, fault in FAULTS])
def test_a_failure_outside_is_the_houses_error_for_it(found: Found, fault: Fault, in_its_world: InItsWorld) -> None:
    in_its_world(lambda: live.check_fault(load_connector(found.folder), found.case, fault))
