"""Reading `df` and `find`, and deciding what may be deleted. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from tickless.connectors.ssh.settings import Folder
from tickless.sdk.capabilities.infrastructure import BigFile, DiskUsage, FoundFiles

_DF = re.compile(r"\s(\d+)\s+(\d+)\s+(\d+)\s+(?:\d+%|-)\s+/")
MIB_IN_KIB = 1024
BLOCK = 512
"""Bytes in what `find` calls a block (`%b`)."""


def read_df(text: str) -> DiskUsage | None:
    """The last line of `df -P -k`; None when it is none. Full is used / (used + available), as df reckons."""
    lines = text.strip().splitlines()
    found = _DF.search(lines[-1]) if lines else None
    if found is None:
        return None
    total, used, free = (int(number) for number in found.groups())
    percent = 100 * used / (used + free) if used + free else 0.0
    return DiskUsage(percent=round(percent, 2), free_mb=free / MIB_IN_KIB, total_mb=total / MIB_IN_KIB)


def is_usable(path: str) -> bool:
    """An absolute path that says where it is: no `..`, no control characters."""
    return path.startswith("/") and path == posixpath.normpath(path) and path.isprintable()


def places(path: str, allowed: Sequence[Folder]) -> list[Folder]:
    """Where to clean when asked for `path`: allowed folders at or below it, or `path` itself inside one of them."""
    if not is_usable(path):
        return []
    below = [folder for folder in allowed if _is_inside(folder.path, path)]
    if below:
        return below
    return [Folder(path=path, pattern=folder.pattern) for folder in allowed if _is_inside(path, folder.path)][:1]


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def find_old(folder: Folder, *, older_than_days: float) -> list[str]:
    """The `find` command for what is old there: plain files on this file system, never through a symbolic link."""
    minutes = f"+{older_than_days * 24 * 60:.3f}"
    return ["find", "-P", folder.path, "-xdev", "-type", "f", "-name", folder.pattern, "-mmin", minutes]


LISTED = ["-printf", "%T@ %b\\n"]
"""One line per file: seconds since 1970, blocks."""


def read_listing(text: str) -> list[tuple[str, int]]:
    """(time as written, bytes on disk) per line of `LISTED`, the oldest first; lines that are none are left out."""
    found = []
    for line in text.splitlines():
        time, _, blocks = line.partition(" ")
        if re.fullmatch(r"-?\d+(\.\d+)?", time) and blocks.isdecimal():
            found.append((time, int(blocks) * BLOCK))
    return sorted(found, key=lambda entry: float(entry[0]))


SIZED = ["-printf", "%b %p\\0"]
"""Blocks and path of each file, with a null between them: a name may hold anything else."""
MOST_BIG = 20
MIB = 1024 * 1024


def find_big(path: str, *, at_least_mb: float) -> list[str]:
    """The `find` command for big plain files on this file system, never through a symbolic link."""
    return ["find", "-P", path, "-xdev", "-type", "f", "-size", f"+{max(int(at_least_mb * 1024) - 1, 0)}k"]


def read_sizes(text: str) -> FoundFiles:
    """What `SIZED` printed, the biggest first; entries that are none are left out, odd characters become `?`."""
    found = []
    for entry in text.split("\0"):
        blocks, _, path = entry.partition(" ")
        if blocks.isascii() and blocks.isdigit() and path.startswith("/"):
            shown = "".join(letter if letter.isprintable() else "?" for letter in path[:500])
            found.append(BigFile(path=shown, size_mb=round(int(blocks[:18]) * BLOCK / MIB, 3)))
    found.sort(key=lambda file: (-file.size_mb, file.path))
    return FoundFiles(files=tuple(found[:MOST_BIG]))
