"""Where machines send their signals, and where they ask how the house is."""

from tickless.doors.hooks.routes import create_routes

__all__ = ["create_routes"]
