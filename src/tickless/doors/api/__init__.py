"""The REST door."""

from tickless.doors.api.application import create_api

__all__ = ["create_api"]
