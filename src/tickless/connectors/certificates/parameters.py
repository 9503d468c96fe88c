"""Outputs of what only this connector has."""

from __future__ import annotations

from tickless.sdk import Output


class Trust(Output):
    """`problem`: why a client that checks would refuse the certificate; empty when it would take it."""

    trusted: bool
    problem: str = ""
