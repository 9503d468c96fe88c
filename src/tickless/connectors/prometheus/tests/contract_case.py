"""A Prometheus that answers with the targets of a shop, over real HTTP. The real one runs in `tests/lane`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"METRICS_TOKEN": "prom-6120-very-secret-word"}


def target(**labels: str) -> dict[str, Any]:
    return {"labels": labels, "discoveredLabels": {}, "health": "up", "scrapePool": labels.get("job", ""),
            "scrapeUrl": f"http://{labels.get('instance', '')}/metrics"}  # fmt: skip


TARGETS = [
    target(job="shop", instance="app-1:8080", service="shop-web", team="web"),
    target(job="shop", instance="app-2:8080", service="shop-web", team="web"),
    target(job="orders", instance="app-1:9000"),
    target(job="node", instance="app-1:9100"),
]


def answer(asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {SECRETS['METRICS_TOKEN']}":
        return Answer(401, b"Unauthorized")
    if asked.path != "/api/v1/targets":
        return Answer(404, {"status": "error", "errorType": "not_found"})
    return Answer(200, {"status": "success", "data": {"activeTargets": TARGETS, "droppedTargets": []}})


def at(url: str) -> World:
    return World({"url": url, "token": "env:METRICS_TOKEN"}, SECRETS)


@contextmanager
def prometheus() -> Iterator[World]:
    with serve(answer) as server:
        yield at(server.url)


CASES = [
    ContractCase("read", prometheus, expect={"whole": True, "misfits": ()}, faults=http_faults(at)),
    ContractCase("parse", prometheus, {"text": '{"data": {"activeTargets": []}}'}, expect={"services": ()}),
    ContractCase("parse", prometheus, {"text": "[]"}, expect={"whole": False}, name="no targets"),
]
