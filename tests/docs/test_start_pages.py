"""What the first pages tell people to do works as written."""

import contextlib
import os
import re
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.docs.reference import ROOT
from tests.servers.slapd import Slapd
from typer.testing import CliRunner

from tickless.app.build import build
from tickless.app.configured import registry_of
from tickless.app.host import Host
from tickless.app.serving import announced, serving
from tickless.app.settings import Settings, read_settings
from tickless.doors.cli import create_cli
from tickless.sample.company import make_company
from tickless.sample.day import make_day
from tickless.sdk.secrets import Secrets

PAGES = sorted((ROOT / "docs" / "start").glob("*.md"))
FILE = re.compile(r'^```csv title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def page(name: str) -> Path:
    return ROOT / "docs" / "start" / name


TOML = [(path.name, text) for path in PAGES for text in blocks(path, "toml")]


@pytest.mark.parametrize(("name", "text"), TOML, ids=[f"{name}-{index}" for index, (name, _) in enumerate(TOML)])
def test_settings_on_the_pages_are_settings(name: str, text: str) -> None:
    settings = Settings(**tomllib.loads(text))
    assert set(registry_of(settings, Secrets()).instances) == set(settings.connectors)


def test_the_person_of_the_readme_is_the_one_whose_account_the_demo_locks() -> None:
    company = make_company()
    spare = company.person(make_day(company).spare[0]).username
    for path in (ROOT / "README.md", page("demo.md")):
        assert set(re.findall(r"--as (\S+)", path.read_text(encoding="utf-8"))) == {spare}, path.name


def records(data: Path) -> str:
    """Write the files of `first-house.md`, bring them into a house that serves as the page says, and look."""
    files = dict(FILE.findall(page("first-house.md").read_text(encoding="utf-8")))
    for name, content in files.items():
        (data / name).write_text(content, encoding="utf-8")
    lines = [line for line in commands(page("first-house.md")) if line[0] in {"record", "person"}]
    assert {*files} == {line[3] for line in lines if line[0] == "record"}
    told = ""
    with ExitStack() as stack:
        house = build(read_settings(data))
        stack.callback(house.stop)
        house.start()
        stack.enter_context(announced(house, stack.enter_context(serving(house))))
        stack.enter_context(contextlib.chdir(data))
        for line in lines:
            done = CliRunner().invoke(create_cli(Host()), ["--data", str(data), *line])
            assert done.exit_code == 0, f"{line}: {done.output}"
            told += done.stdout
    return told


def test_the_files_of_the_page_come_in_and_may_come_again(tmp_path: Path) -> None:
    assert "people: 2 added" in records(tmp_path)
    again = records(tmp_path)
    assert "people: 0 added, 0 changed, 0 deactivated, 2 same" in again
    assert "anna@example.org" in again
    house = build(read_settings(tmp_path))
    try:
        world = house.world.world()
        assert world.people["anna"].manager == "ben"
        assert world.upstream_of("shop-web", hops=1) == {"shop-db": 1}
    finally:
        house.stop()


def test_the_directory_of_the_page_unlocks_a_real_account(slapd: Slapd, tmp_path: Path) -> None:
    (text,) = blocks(page("first-directory.md"), "toml")
    for told, real in {
        "ldaps://directory.example.org": slapd.url,
        "cn=tickless,ou=services,dc=example,dc=org": slapd.service_dn,
        "ou=people,dc=example,dc=org": slapd.people_base,
        "ou=groups,dc=example,dc=org": slapd.groups_base,
        "cn=default,ou=policies,dc=example,dc=org": slapd.policy,
    }.items():
        assert told in text
        text = text.replace(told, real)
    (tmp_path / "tickless.toml").write_text(text, encoding="utf-8")
    records(tmp_path)
    slapd.lock_out("anna")
    environment = {**os.environ, "LDAP_PASSWORD": slapd.service_password, "TICKLESS_DATA": str(tmp_path)}
    told = ""
    for line in commands(page("first-directory.md")):
        done = subprocess.run(
            [sys.executable, "-c", "from tickless.app.main import main; main()", *line],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        told += done.stdout
        assert slapd.can_sign_in("anna") == (line[0] == "ask"), f"after {line}: {told}"
    assert "verified" in told


def commands(path: Path) -> list[list[str]]:
    """The page's `tickless` commands but `serve`, as arguments."""
    lines = [line for text in blocks(path, "console") for line in text.splitlines()]
    found = [line.removeprefix(".venv/bin/tickless ") for line in lines if line.startswith(".venv/bin/tickless ")]
    return [[part.strip('"') for part in re.findall(r'"[^"]*"|\S+', line)] for line in found]
