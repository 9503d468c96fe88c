"""What an alert is about, as a case keeps it: its subject, and what a runbook may need of it. Pure."""

from __future__ import annotations

from tickless.domain.finding import Finding
from tickless.domain.signal import Signal

LABEL = "label:"
MAX_LABELS = 40


def subject_of(signal: Signal, finding: Finding) -> str:
    """The one thing an alert is about, as precisely as its labels say."""
    service = finding.slots.get("service")
    if finding.need in {"service_down", "http_errors", "latency_high", "pool_exhausted"} and service:
        return f"service:{service}"
    host, path = signal.label("host", "hostname", "node", "instance"), signal.label("path", "mountpoint", "filesystem")
    if host and path:
        return f"ci:{host}:{path}"
    certificate = signal.label("certificate", "common_name", "cn")
    if certificate:
        return f"ci:certificate:{certificate}"
    person = finding.entity("person")
    if person is not None and person.ref:
        return f"person:{person.ref}"
    if service:
        return f"service:{service}"
    ci = finding.entity("ci")
    return f"ci:{ci.ref}" if ci is not None and ci.ref else f"alert:{signal.fingerprint}"


def inputs_of(signal: Signal, finding: Finding) -> dict[str, str]:
    inputs = {f"{LABEL}{name}": text.tame(200) for name, text in list(signal.labels.items())[:MAX_LABELS]}
    inputs["severity"] = signal.severity or ""
    person = finding.entity("person")
    if person is not None and person.ref:
        inputs["person"] = person.ref
    return inputs
