"""The contract suite that every connector runs through, and what a connector's tests need: see `README.md`."""

from tickless.sdk.testing.cases import ContractCase, MissingServer, World
from tickless.sdk.testing.fakes import Answer, Asked, LoopbackServer, closed_port, http_faults, serve, silent_port

__all__ = [
    "Answer",
    "Asked",
    "ContractCase",
    "LoopbackServer",
    "MissingServer",
    "World",
    "closed_port",
    "http_faults",
    "serve",
    "silent_port",
]
