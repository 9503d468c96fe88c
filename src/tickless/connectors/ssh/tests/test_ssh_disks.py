"""Pure parts: what may be deleted never leaves the allowed folders, and odd output is no disk."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.ssh.disks import find_big, find_old, places, read_df, read_listing, read_sizes
from tickless.connectors.ssh.settings import Folder, NamedCommand

DF = """Filesystem     1024-blocks      Used Available Capacity Mounted on
/dev/sda1         10485760   7864320   2621440      75% /
"""
ALLOWED = (Folder(path="/var/log/app", pattern="*.log"), Folder(path="/var/tmp"), Folder(path="/srv/cache"))
PARTS = st.sampled_from(
    ["..", ".", "", "var", "log", "app", "tmp", "srv", "cache", "etc", "a b", "x\n", "$(id)", "-delete"]
)
PATHS = st.lists(PARTS, max_size=6).map(lambda parts: "/" + "/".join(parts)) | st.text(max_size=20)


def test_df_is_read() -> None:
    usage = read_df(DF)
    assert usage is not None
    assert (usage.percent, usage.free_mb, usage.total_mb) == (75.0, 2560.0, 10240.0)


def test_a_name_with_spaces_does_not_shift_the_columns() -> None:
    usage = read_df(
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n//nas/my share 100 25 75 25% /mnt/my disk\n"
    )
    assert usage is not None
    assert usage.percent == 25.0


@given(st.text())
def test_any_text_is_a_disk_or_none(text: str) -> None:
    usage = read_df(text)
    assert usage is None or 0 <= usage.percent <= 100


@given(PATHS)
def test_cleaning_never_leaves_the_allowed_folders(path: str) -> None:
    for folder in places(path, ALLOWED):
        assert posixpath.normpath(folder.path) == folder.path
        assert any(f"{folder.path}/".startswith(f"{allowed.path}/") for allowed in ALLOWED)


def test_a_whole_file_system_means_the_allowed_folders_on_it() -> None:
    assert [folder.path for folder in places("/var", ALLOWED)] == ["/var/log/app", "/var/tmp"]
    assert [folder.path for folder in places("/", ALLOWED)] == ["/var/log/app", "/var/tmp", "/srv/cache"]


def test_a_folder_inside_keeps_the_pattern() -> None:
    assert places("/var/log/app/web", ALLOWED) == [Folder(path="/var/log/app/web", pattern="*.log")]


@pytest.mark.parametrize(
    "path", ["/var/log/application", "/etc", "/var/log/app/../../../etc", "var/tmp", "/var/tmp/", ""]
)
def test_neighbours_and_odd_paths_are_not_inside(path: str) -> None:
    assert places(path, ALLOWED) == []


def test_days_become_minutes() -> None:
    assert find_old(ALLOWED[0], older_than_days=0.5)[-2:] == ["-mmin", "+720.000"]


def test_a_listing_is_sorted_by_age_and_skips_what_it_cannot_read() -> None:
    assert read_listing("30.5 8\n10.25 16\nodd line\n20.0 x\n") == [("10.25", 8192), ("30.5", 4096)]


@pytest.mark.parametrize("path", ["/", "relative", "/a/../b", "/a/", "/a\nb", ""])
def test_settings_refuse_folders_that_are_not_plain(path: str) -> None:
    with pytest.raises(ValidationError):
        Folder(path=path)


def test_settings_refuse_commands_with_control_characters() -> None:
    with pytest.raises(ValidationError):
        NamedCommand(argv=("echo", "a\nb"))


@given(st.text())
def test_any_text_is_a_list_of_files_the_biggest_first(text: str) -> None:
    sizes = [file.size_mb for file in read_sizes(text).files]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) <= 20
    assert all(file.path.isprintable() for file in read_sizes(f"8 /{text}\0").files)


def test_names_with_line_ends_stay_one_file() -> None:
    assert [file.path for file in read_sizes("2048 /a\nb\0" + "4096 /c d\0").files] == ["/c d", "/a?b"]
    assert find_big("/var", at_least_mb=1)[-1] == "+1023k"
