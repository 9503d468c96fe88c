"""A newcomer who follows CONTRIBUTING word for word ends up with a connector that passes the contract."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.reference import ROOT

FILE = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EVERYWHERE = """
import tickless.connectors
tickless.connectors.__path__.append({folder!r})
"""
"""Makes a second folder of connectors known to every Python that this test starts."""


@pytest.fixture
def newcomer(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The folder `beacon` as the text writes it, and an environment in which it is one of the connectors."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a connector")[2]
    connectors, paths = tmp_path / "connectors", tmp_path / "paths"
    for name, content in FILE.findall(text.partition("\n## Add a runbook")[0]):
        path = connectors / "beacon" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    paths.mkdir()
    (paths / "sitecustomize.py").write_text(EVERYWHERE.format(folder=str(connectors)), encoding="utf-8")
    return connectors / "beacon", {**os.environ, "PYTHONPATH": f"{paths}{os.pathsep}{ROOT}"}


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    return done.stdout


def test_the_connector_of_the_guide_passes_the_contract(newcomer: tuple[Path, dict[str, str]]) -> None:
    folder, environment = newcomer
    run(environment, "-m", "tickless.sdk.testing", str(folder))
    told = run(environment, "-m", "pytest", "tests/contract/test_connectors.py", "-q", "-k", "beacon", "-p", "no:xdist")
    found = re.search(r"(\d+) passed", told)
    assert found, told
    assert int(found[1]) > 15
    assert "failed" not in told


def test_the_connector_of_the_guide_keeps_the_style(newcomer: tuple[Path, dict[str, str]]) -> None:
    folder, environment = newcomer
    ours = 'lint.isort.known-first-party=["tickless"]'
    config = ["--config", str(ROOT / "pyproject.toml"), "--config", ours]
    run(environment, "-m", "ruff", "check", *config, str(folder))
    run(environment, "-m", "ruff", "format", "--check", *config, str(folder))
