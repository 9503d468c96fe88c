"""Telemetry: metrics, logs and traces as they stream in; what is unlike itself becomes a signal."""
