"""What a connector author may use. Public names are semver'd: see `README.md`."""

from tickless.sdk.connector import Call, Connector, Instance
from tickless.sdk.operations import Output, Params, Result, action, probe
from tickless.sdk.receiving import Item, receiver

__all__ = ["Call", "Connector", "Instance", "Item", "Output", "Params", "Result", "action", "probe", "receiver"]
