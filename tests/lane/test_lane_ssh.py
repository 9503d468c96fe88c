"""SSH against a real OpenSSH server: only old files in allowed folders go, links lead nowhere, keys are checked."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.sshd import Sshd

from tickless.domain.errors import AuthFailed, Rejected, SettingsInvalid
from tickless.sdk.connector import Instance


def hosts(sshd: Sshd, *, folder: Path | None = None, **changes: Any) -> Instance:
    settings = {
        "hosts": {
            "web-1": {
                "address": sshd.host,
                "port": sshd.port,
                "username": sshd.username,
                "clean_up": [{"path": str(folder or sshd.scratch)}],
            }
        },
        "key": f"file:{sshd.key_path}",
        "known_hosts": str(sshd.known_hosts),
        **changes,
    }
    return instance_of("ssh", settings, {})


def clean(here: Instance, path: Path, *, days: float = 7, dry_run: bool = False) -> Any:
    return run(here, "disk_clean_up", dry_run=dry_run, host="web-1", path=str(path), older_than_days=days)


def test_a_disk_tells_how_full_it_is(sshd: Sshd) -> None:
    usage = run(hosts(sshd), "disk_usage", host="web-1", path=str(sshd.scratch)).output
    assert 0 <= usage.percent <= 100
    assert 0 < usage.free_mb <= usage.total_mb


def test_old_files_go_and_young_ones_stay(sshd: Sshd) -> None:
    old, deep = sshd.fill("old.log", kilobytes=512, days_old=8), sshd.fill("a/b c/$(id).log", kilobytes=256, days_old=9)
    young = sshd.fill("young.log", kilobytes=512, days_old=6)
    trial = clean(hosts(sshd), sshd.scratch, dry_run=True)
    assert trial.output.files == 2
    assert old.exists()
    result = clean(hosts(sshd), sshd.scratch)
    assert (result.output.files, result.output.freed_mb) == (2, 0.75)
    assert not old.exists()
    assert not deep.exists()
    assert young.exists()
    assert not clean(hosts(sshd), sshd.scratch).changed


def test_the_oldest_go_first_when_there_are_too_many(sshd: Sshd) -> None:
    files = [sshd.fill(f"{days}.log", kilobytes=4, days_old=days) for days in (10, 40, 20, 30)]
    assert clean(hosts(sshd, most_files=2), sshd.scratch).output.files == 2
    assert [path.exists() for path in files] == [True, False, True, False]


def test_links_lead_nowhere(sshd: Sshd, tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("keep me")
    sshd.fill("x", kilobytes=1, days_old=0)
    (sshd.scratch / "file").symlink_to(treasure)
    (sshd.scratch / "folder").symlink_to(tmp_path)
    clean(hosts(sshd), sshd.scratch, days=0)
    assert treasure.exists()
    with pytest.raises(Rejected, match="symbolic link"):
        clean(hosts(sshd), sshd.scratch / "folder", days=0)
    assert treasure.exists()


@pytest.mark.parametrize("outside", ["/etc", "{scratch}/../other", "{scratch}-not", "relative", "{scratch}\n/etc"])
def test_nothing_goes_outside_the_allowed_folder(sshd: Sshd, outside: str) -> None:
    with pytest.raises(Rejected):
        clean(hosts(sshd), Path(outside.format(scratch=sshd.scratch)), days=0)


def test_hostile_paths_are_only_paths(sshd: Sshd) -> None:
    mark = sshd.scratch / "mark"
    for path in (f"/$(touch {mark})", f"/`touch {mark}`", f"/x; touch {mark}", f"/x' 'y | touch {mark}"):
        with pytest.raises(Rejected):
            run(hosts(sshd), "disk_usage", host="web-1", path=path)
    assert not mark.exists()


def test_a_named_command_runs_with_its_arguments_as_they_are(sshd: Sshd) -> None:
    here = hosts(sshd, commands={"say": {"argv": ["printf", "%s|", "a b", "$HOME", "; id"]}})
    assert run(here, "run", host="web-1", command="say").output.output == "a b|$HOME|; id|"


def test_a_command_that_broke_off_is_not_repeated_blindly(sshd: Sshd) -> None:
    log = sshd.scratch / "log"
    here = hosts(
        sshd,
        commands={
            "write": {"argv": ["tee", "-a", str(log)]},
            "once": {"argv": ["touch", str(log)], "done_if": ["test", "-e", str(log)]},
        },
    )
    began = dt.datetime.now(dt.UTC)
    with pytest.raises(Rejected, match="broke off"):
        run(here, "run", first_started=began, host="web-1", command="write")
    assert not log.exists()
    assert run(here, "run", first_started=began, host="web-1", command="once").changed
    assert not run(here, "run", first_started=began, host="web-1", command="once").changed


def test_a_changed_host_key_is_refused(sshd: Sshd, tmp_path: Path) -> None:
    other = tmp_path / "known_hosts"
    other.write_text(f"[{sshd.host}]:{sshd.port} {sshd.key_path.with_suffix('.pub').read_text()}")
    with pytest.raises(AuthFailed, match="not the one we know"):
        run(hosts(sshd, known_hosts=str(other)), "disk_usage", host="web-1", path="/")


def test_an_unknown_host_is_refused_rather_than_trusted(sshd: Sshd, tmp_path: Path) -> None:
    empty = tmp_path / "known_hosts"
    empty.write_text("")
    with pytest.raises(AuthFailed):
        run(hosts(sshd, known_hosts=str(empty)), "disk_usage", host="web-1", path="/")
    with pytest.raises(SettingsInvalid):
        run(hosts(sshd, known_hosts=str(tmp_path / "missing")), "disk_usage", host="web-1", path="/")


def test_something_that_is_no_key_is_refused_without_showing_it(sshd: Sshd, tmp_path: Path) -> None:
    odd = tmp_path / "key"
    odd.write_text("hunter2-is-no-key")
    with pytest.raises(SettingsInvalid) as refused:
        run(hosts(sshd, key=f"file:{odd}"), "disk_usage", host="web-1", path="/")
    assert "hunter2" not in repr(refused.value) + refused.value.detail
