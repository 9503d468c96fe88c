"""Calls an operation the one right way: parameters checked, only the house's errors out, calls to its own hosts only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tickless.domain.errors import Rejected
from tickless.sdk.connector import Call
from tickless.sdk.egress import only_to
from tickless.sdk.operations import Result
from tickless.sdk.registry import BoundOperation


def invoke(bound: BoundOperation, params: Mapping[str, Any], call: Call) -> Result:
    """Run an operation. Raises `OutsideError` and its kin, or `Rejected` when the parameters do not fit."""
    try:
        checked = bound.operation.params.model_validate(dict(params))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Rejected(f"{bound.full_name} was called with parameters that do not fit", detail=problems) from error
    with only_to(call.instance.egress):
        result: Result = bound.operation.run(call, checked)
    return result
