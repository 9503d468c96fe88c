"""What the command line may do with the tenants of a folder."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from tickless.app.tenants.book import TenantBook
from tickless.app.tenants.figures import standings
from tickless.app.tenants.fronting import Proxy, front
from tickless.app.tenants.keeping import Keeper
from tickless.app.tenants.reading import check
from tickless.domain.errors import NotFound
from tickless.doors.cli.host import TenantShown


class Tenants:
    """See `doors.cli.host.TenantsHost`."""

    def __init__(self, folder: Path) -> None:
        self._book = TenantBook(folder)

    def add(self, name: str, *, host: str) -> list[str]:
        made = self._book.add(name, host=host)
        return [
            f"{made.name} is in {made.data}; its settings go into {made.data / 'tickless.toml'}.",
            f"Its house will listen at 127.0.0.1:{made.port}; lead {made.host} there: tickless tenants front haproxy",
        ]

    def standings(self) -> list[TenantShown]:
        found = standings(self._book.all())
        return [
            TenantShown(one.tenant.name, one.tenant.host, one.tenant.port, one.tenant.data, one.numbers)
            for one in found
        ]

    def check(self) -> int:
        tenants = self._book.all()
        check(tenants)
        return len(tenants)

    def serve(self, *, say: Callable[[str], object]) -> int:
        tenants = self._book.all()
        if not tenants:
            raise NotFound("there are no tenants here", mend="tickless tenants add NAME --host NAME.help.example.com")
        check(tenants)
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        Keeper(tenants, say).run(stopped)
        return 0

    def front(self, *, proxy: Proxy, certificates: str, address: str) -> str:
        return front(self._book.all(), proxy=proxy, certificates=certificates, address=address)
