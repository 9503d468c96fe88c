"""The doors that every service has, whichever process hosts it: work, health, metrics, its pool, and its fault switches."""

from __future__ import annotations

from tickless.sample.estate.pool import Pool
from tickless.sample.estate.web import Json, Problem, Request, Response, Router, answer
from tickless.sample.estate.working import Working

FAULTS = frozenset({"errors", "slow", "pool"})


def open_service_doors(router: Router, working: Working) -> None:
    """Add the service's routes below its path."""

    async def work(request: Request) -> Response:
        look = await working.respond()
        return answer({"service": working.plan.id, "detail": look.detail}, look.status)

    async def metrics(request: Request) -> Response:
        return Response(200, working.metrics().encode(), "text/plain; version=0.0.4")

    async def pool(request: Request) -> Response:
        return answer(_pool_state(working))

    async def recycle(request: Request) -> Response:
        freed = await _pool_of(working).recycle()
        return answer({"freed": freed, **_pool_state(working)})

    async def fault(request: Request) -> Response:
        return answer(await _set_fault(working, request.params["kind"], on=request.method == "POST"))

    path = working.plan.path
    router.add(f"GET {path}/", work, level="open")
    router.add(f"GET {path}/health", work, level="open")
    router.add(f"GET {path}/metrics", metrics, level="open")
    router.add(f"GET {path}/pool", pool)
    router.add(f"POST {path}/pool/recycle", recycle)
    router.add(f"POST {path}/faults/{{kind}}", fault, level="control")
    router.add(f"DELETE {path}/faults/{{kind}}", fault, level="control")


def _pool_of(working: Working) -> Pool:
    if working.pool is None:
        raise Problem(404, f"{working.plan.id} has no connection pool")
    return working.pool


def _pool_state(working: Working) -> Json:
    pool = _pool_of(working)
    return {"size": pool.size, "in_use": pool.in_use, "waiting": pool.waiting}


async def _set_fault(working: Working, kind: str, *, on: bool) -> Json:
    if kind not in FAULTS:
        raise Problem(404, f"there is no fault {kind!r} in a service")
    if kind == "pool":
        pool = _pool_of(working)
        await (pool.leak() if on else pool.recycle())
    elif on:
        working.faults.add(kind)
    else:
        working.faults.discard(kind)
    return {"faults": sorted(working.faults)}
