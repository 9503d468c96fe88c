"""From a call to the client, and the few things that actions have in common."""

from __future__ import annotations

from typing import Any

from tickless.connectors.sample.client import Client, Side
from tickless.connectors.sample.settings import Settings
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk.connector import Call
from tickless.sdk.operations import Output


def client(call: Call) -> Client:
    """The company's client, with this call's patience."""
    settings: Settings = call.settings
    return Client(settings.office_url, settings.keeper_url, call.secret(settings.token), call.timeout)


def pick(output: type[Output], reply: dict[str, Any]) -> Any:
    """The fields of an answer that belong to this output type, checked."""
    return output.model_validate({name: reply[name] for name in output.model_fields if name in reply})


def existing(call: Call, side: Side, *parts: str) -> dict[str, Any]:
    """The state of a thing that must be there. Raises `Rejected` when it isn't."""
    state = client(call).read(side, *parts)
    if not state["exists"]:
        raise Rejected(f"there is no {' '.join(parts)} in the sample company")
    return state


def undo(call: Call, operation: str, params: dict[str, Any]) -> UndoStep:
    """The step of this same instance that takes an effect back."""
    return UndoStep(uses=f"{call.instance.name}.{operation}", with_=params)
