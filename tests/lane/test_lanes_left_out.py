"""A missing server is never silent: with `CI` it fails, elsewhere the run ends by naming it and its package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers.lanes import LANES, Lane, lanes_of

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

@pytest.mark.server("slapd")
def test_with_a_marker(): ...

def test_with_a_fixture(slapd): ...

def test_without(): ...
"""
WITHOUT_SLAPD = """
from tests.servers import lanes

lanes.LANES["slapd"] = lanes.Lane(programs=("no-such-slapd",), package="Debian: slapd")
pytest_plugins = ["tests.servers.plugin"]
"""


def run_without_slapd(folder: Path, **variables: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(WITHOUT_SLAPD)
    (folder / "test_needy.py").write_text(TESTS)
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | variables
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def test_on_a_desk_the_run_ends_by_naming_what_is_missing(tmp_path: Path) -> None:
    status, output = run_without_slapd(tmp_path)
    assert status == 0, output
    assert "1 passed, 2 skipped" in output
    section = output.partition("Lanes left out")[2]
    assert "slapd: 2 tests left out. Install Debian: slapd" in section


def test_in_ci_the_run_fails(tmp_path: Path) -> None:
    status, output = run_without_slapd(tmp_path, CI="true")
    assert status == 1
    assert "lane slapd: no-such-slapd not found; install Debian: slapd" in output
    assert "1 passed, 2 errors" in output


def test_every_lane_names_its_package() -> None:
    assert all(lane.package for lane in LANES.values())


def test_a_server_named_by_a_variable_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane(modules=("no_such_module",), provided_by="TICKLESS_TEST_SOME_URL")
    assert lane.missing() == ["no_such_module"]
    monkeypatch.setenv("TICKLESS_TEST_SOME_URL", "x")
    assert lane.missing() == []


def test_markers_and_fixtures_name_lanes_once() -> None:
    assert lanes_of(["nginx"], ["watched_nginx", "tmp_path"]) == ["nginx", "supervisord", "prometheus"]
    with pytest.raises(KeyError, match="no lane is called"):
        lanes_of(["ngnix"], [])
