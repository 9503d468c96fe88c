"""The house keeps its own rules: sizes, rooms, names, imports, settings, and what may stand in a file."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from tickless.app import settings_page
from tickless.app.settings import Settings

ROOT = Path(__file__).parents[2]
MOST_LINES, MANY_LINES = 500, 300
ROOMS = ["flow", "domain", "journal", "kit", "sdk", "ai", "app", "sample", "doors/*", "stages/*", "connectors/*"]
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs.org", "np" + "mjs.com", "proxy." + "golang.org",
              "crates" + ".io", "ru" + "bygems.org", "deb." + "debian.org", "conda." + "anaconda.org"]  # fmt: skip
FORBIDDEN_MODULES = {"utils", "util", "common", "helpers", "helper", "managers", "manager", "misc"}


@lru_cache
def tracked() -> tuple[str, ...]:
    """Every file that stands in the repository and is still there."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in names.split("\0") if name and (ROOT / name).is_file())


def text_of(name: str) -> str:
    return (ROOT / name).read_bytes().decode("utf-8", "replace")


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lines = {name: text_of(name).count("\n") for name in tracked() if name.endswith(".py")}
    too_long = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert not too_long
    long_ones = sorted(((count, name) for name, count in lines.items() if count > MANY_LINES), reverse=True)
    table = "\n".join(f"{count:5} {name}" for count, name in long_ones)
    if table:
        print(f"files above {MANY_LINES} lines:\n{table}")


def rooms() -> list[Path]:
    base = ROOT / "src/tickless"
    found = [folder for pattern in ROOMS for folder in sorted(base.glob(pattern))]
    return [folder for folder in found if folder.is_dir() and folder.name != "__pycache__"]


@pytest.mark.parametrize("room", rooms(), ids=lambda room: str(room.relative_to(ROOT)))
def test_every_room_says_what_it_is_for(room: Path) -> None:
    readme = room / "README.md"
    said = readme.read_text(encoding="utf-8")
    assert said.startswith("# ")
    assert 3 <= said.count("\n") <= 120


def test_the_map_names_only_what_exists() -> None:
    """Every path that ARCHITECTURE.md puts in code marks and that looks like one of ours."""
    file = ROOT / "ARCHITECTURE.md"
    named = {name for name in re.findall(r"`([^`\s]+)`", file.read_text(encoding="utf-8"))
             if re.match(r"(src|tests|docs|runbooks|policies|bench|scripts|requirements|\.ci)/", name)}  # fmt: skip
    assert len(named) > 10
    missing = [name for name in sorted(named) if not list(ROOT.glob(re.sub(r"<[^>]+>|NNNN", "*", name).rstrip("/")))]
    assert missing == []


def test_no_folder_or_module_has_a_name_that_says_nothing() -> None:
    parts = {
        (name, part.removesuffix(".py")) for name in tracked() if name.startswith("src/") for part in name.split("/")
    }
    assert [name for name, part in sorted(parts) if part in FORBIDDEN_MODULES] == []


def test_no_registry_is_named_anywhere() -> None:
    found = [(name, host) for name in tracked() for host in REGISTRIES if host in text_of(name).lower()]
    assert found == []


def test_nothing_listens_on_every_address() -> None:
    found = [
        name for name in tracked() if name.startswith("src/") and re.search(r"0\.0\.0\.0|[\"']::[\"']", text_of(name))
    ]
    assert found == []


def test_nothing_starts_a_shell() -> None:
    pattern = re.compile(r"shell\s*=\s*True|os\.system\(|os\.popen\(")
    assert [name for name in tracked() if name.startswith("src/") and pattern.search(text_of(name))] == []


def test_nothing_is_left_for_later() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    names = [
        name for name in tracked() if name.startswith("src/tickless") and name.endswith((".py", ".html", ".js", ".css"))
    ]
    assert [name for name in names if pattern.search(text_of(name))] == []


def test_imports_keep_the_rules() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "0 broken" in done.stdout


def test_the_page_of_settings_is_current() -> None:
    """Run `python -m tickless.app.settings_page docs/reference/settings.md` after a change of settings."""
    assert (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8") == settings_page.page()


def test_every_setting_is_explained() -> None:
    rows = list(settings_page.rows())
    assert {row.name.partition(".")[0] for row in rows} == {*Settings.model_fields}
    assert [row.name for row in rows if len(row.text) < 8] == []
    assert len({row.variable for row in rows}) == len(rows)


def test_the_environment_variables_of_the_page_work(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {row.name: row.variable for row in settings_page.rows()}
    monkeypatch.setenv(variables["port"], "9999")
    monkeypatch.setenv(variables["pace.first_look"], "7.5")
    monkeypatch.setenv(variables["entrance.tries"], "3")
    read = Settings()
    assert (read.port, read.pace.first_look, read.entrance.tries) == (9999, 7.5, 3)
