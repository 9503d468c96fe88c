"""SCIM 2.0: a directory brings people and groups in. See README.md."""

from tickless.doors.scim.route import create_route

__all__ = ["create_route"]
