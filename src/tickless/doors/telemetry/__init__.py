"""Where telemetry streams in: OTLP over HTTP and Prometheus' remote-write."""

from tickless.doors.telemetry.routes import create_routes

__all__ = ["create_routes"]
