"""The list of tenants: `tenants.toml` in a folder, in which each has a folder of its own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickless.app.settings import FILE_NAME, Settings, read_settings
from tickless.domain.errors import Conflict, NotFound, SettingsInvalid

FILE = "tenants.toml"
FIRST_PORT = 8_500
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")


@dataclass(frozen=True)
class Tenant:
    """An organisation, the host name by which its people reach it, and where on this machine its house listens."""

    name: str
    host: str
    port: int
    data: Path

    def settings(self) -> Settings:
        """As its own file says, with the place where it listens: the environment of this process is no tenant's. Raises
        `SettingsInvalid`."""
        return read_settings(self.data, environment=False, host="127.0.0.1", port=self.port)


class TenantBook:
    """Of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Tenant]:
        """In the order of the file. Raises `SettingsInvalid`."""
        path = self.folder / FILE
        if not path.is_file():
            return []
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"{path} cannot be read: {error}", mend="it is TOML: [NAME], host, port") from error
        return [self._tenant(name, given) for name, given in found.items()]

    def need(self, name: str) -> Tenant:
        """Raises `NotFound`."""
        found = next((one for one in self.all() if one.name == name), None)
        if found is None:
            raise NotFound(f"there is no tenant {name[:60]!r}", mend="`tickless tenants list` shows those there are")
        return found

    def add(self, name: str, *, host: str) -> Tenant:
        """A new one with a folder and a port of its own. Raises `SettingsInvalid`, `Conflict`."""
        known = self.all()
        if any(one.name == name or one.host == host for one in known):
            raise Conflict("a tenant has that name or host name", mend="choose others")
        port = max((one.port for one in known), default=FIRST_PORT - 1) + 1
        made = self._tenant(name, {"host": host, "port": port})
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made.data.mkdir(mode=0o700, exist_ok=True)
        own = made.data / FILE_NAME
        if not own.exists():
            own.write_text(f'home = "https://{host}"\n\n[entrance]\nhosts = ["{host}"]\n', encoding="utf-8")
        with (self.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(f'[{name}]\nhost = "{host}"\nport = {port}\n\n')
        return made

    def _tenant(self, name: str, given: Any) -> Tenant:
        if not isinstance(given, Mapping) or set(given) - {"host", "port"}:
            raise SettingsInvalid(f"tenant {name[:60]!r} has a host and a port", mend="see docs/guides/tenants.md")
        host, port = given.get("host"), given.get("port")
        if not _NAME.fullmatch(name):
            raise SettingsInvalid(
                f"{name[:60]!r} is no name of a tenant", mend="small letters, digits and hyphens, at most 40"
            )
        if not isinstance(host, str) or not _HOST.fullmatch(host):
            raise SettingsInvalid(f"tenant {name!r} needs a host name", mend='such as host = "acme.help.example.com"')
        if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65_535:
            raise SettingsInvalid(f"tenant {name!r} needs a port", mend="such as port = 8500, of this machine only")
        return Tenant(name, host, port, self.folder / name)
