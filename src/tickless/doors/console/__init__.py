"""The web console: the same eight stages as the code, on a screen."""

from tickless.doors.console.routes import create_routes
from tickless.doors.console.stream import Live

__all__ = ["Live", "create_routes"]
