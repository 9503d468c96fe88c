"""The command line: a client of our own API."""

from tickless.doors.cli.application import create_cli
from tickless.doors.cli.client import ApiClient
from tickless.doors.cli.host import CliHost, ServeRole

__all__ = ["ApiClient", "CliHost", "ServeRole", "create_cli"]
