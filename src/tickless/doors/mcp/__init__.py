"""Tools for assistants and agents over the Model Context Protocol: the same conversation, through one more door."""

from tickless.doors.mcp.door import create_route

__all__ = ["create_route"]
