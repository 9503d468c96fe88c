"""What a connector author may use. Public names are semver'd: see `README.md`."""

from tickless.sdk.connector import Call, Connector, Instance
from tickless.sdk.listening import Ear, listener
from tickless.sdk.operations import Output, Params, Result, action, probe
from tickless.sdk.receiving import Item, Spoken, receiver

__all__ = [
    "Call",
    "Connector",
    "Ear",
    "Instance",
    "Item",
    "Output",
    "Params",
    "Result",
    "Spoken",
    "action",
    "listener",
    "probe",
    "receiver",
]
