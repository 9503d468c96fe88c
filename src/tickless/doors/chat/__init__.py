"""The employees' chat in the browser."""

from tickless.doors.chat.routes import create_routes

__all__ = ["create_routes"]
