"""What an HTTP service can be asked. A failing service is an answer here, not an error."""

from __future__ import annotations

from tickless.connectors.http.client import EVERY_STATUS, service, shortcoming, target_client
from tickless.connectors.http.parameters import Checked, Expectation
from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import Health, ServiceName


@probe("get", params=Expectation, output=Checked)
def get(call: Call, params: Expectation) -> Result:
    """Ask for a path and compare. Any status is an answer; no answer at all raises `Unreachable`."""
    reply = service(call).send("GET", params.path, timeout=call.timeout, accept=EVERY_STATUS)
    wrong = shortcoming(reply, status=params.status, contains=params.contains, expression=params.expression)
    output = Checked(ok=not wrong, status=reply.status, latency_ms=_milliseconds(reply.seconds), detail=wrong)
    return Result(output=output, summary=wrong or f"answered {reply.status} as expected")


@probe("health", params=ServiceName, output=Health)
def health(call: Call, params: ServiceName) -> Result:
    """Whether a user of this service would find it working. Nobody answering means unhealthy."""
    target = call.settings.targets.get(params.service)
    if target is None:
        known = ", ".join(sorted(call.settings.targets)) or "none"
        raise Rejected("no health target has this name", mend=f"add it to `targets`; there are: {known}")
    try:
        reply = target_client(call.settings, target).send("GET", "", timeout=call.timeout, accept=EVERY_STATUS)
    except Unreachable as error:
        output = Health(healthy=False, detail=error.public)
        return Result(output=output, summary=f"{params.service} does not answer")
    latency = _milliseconds(reply.seconds)
    wrong = shortcoming(reply, status=target.expect_status, contains=target.contains)
    if not wrong and target.max_latency_ms is not None and latency > target.max_latency_ms:
        wrong = f"slower than {target.max_latency_ms:g} ms"
    output = Health(healthy=not wrong, status=reply.status, latency_ms=latency, detail=wrong)
    return Result(output=output, summary=f"{params.service}: {wrong or 'healthy'}")


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1_000, 1)
