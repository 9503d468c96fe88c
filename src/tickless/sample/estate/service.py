"""A service process: `python -m tickless.sample.estate.service BLUEPRINT PROCESS`. Hosts every service of that process."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
from pathlib import Path

from tickless.sample.estate.blueprint import Blueprint, read_blueprint
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.lifeline import die_with_parent, end, hold_on_to_parent
from tickless.sample.estate.pool import Pool
from tickless.sample.estate.web import Json, Problem, Request, Response, Router, answer, serve
from tickless.sample.estate.working import Working

FAULTS = frozenset({"errors", "slow", "pool"})


class ServiceProcess:
    """The doors of the services in one process."""

    def __init__(self, blueprint: Blueprint, process: str) -> None:
        self.blueprint = blueprint
        self.plans = blueprint.of_process(process)
        caller = Caller(blueprint.token)
        self.at_work = {plan.path: Working(plan, blueprint, caller) for plan in self.plans}
        self.tls: dict[str, ssl.SSLContext] = {}
        self.router = Router(blueprint.token, blueprint.control)
        for path in self.at_work:
            self._open_doors(path)

    def _open_doors(self, path: str) -> None:
        def working() -> Working:
            return self.at_work[path]

        async def work(request: Request) -> Response:
            look = await working().respond()
            return answer({"service": working().plan.id, "detail": look.detail}, look.status)

        async def metrics(request: Request) -> Response:
            return Response(200, working().metrics().encode(), "text/plain; version=0.0.4")

        async def pool(request: Request) -> Response:
            return answer(_pool_state(working()))

        async def recycle(request: Request) -> Response:
            found = _pool_of(working())
            freed = await found.recycle()
            return answer({"freed": freed, **_pool_state(working())})

        async def fault(request: Request) -> Response:
            return answer(await _set_fault(working(), request.params["kind"], on=request.method == "POST"))

        async def reload(request: Request) -> Response:
            for name, context in self.tls.items():
                _load(context, self.blueprint, name)
            return answer({"reloaded": sorted(self.tls)})

        self.router.add(f"GET {path}/", work, level="open")
        self.router.add(f"GET {path}/health", work, level="open")
        self.router.add(f"GET {path}/metrics", metrics, level="open")
        self.router.add(f"GET {path}/pool", pool)
        self.router.add(f"POST {path}/pool/recycle", recycle)
        self.router.add(f"POST {path}/faults/{{kind}}", fault, level="control")
        self.router.add(f"DELETE {path}/faults/{{kind}}", fault, level="control")
        self.router.add(f"POST {path}/certificates/reload", reload)

    async def run(self) -> None:
        """Listen until the end."""
        for plan in self.plans:
            if plan.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                _load(context, self.blueprint, plan.certificate)
                self.tls[plan.certificate] = context
                await serve(self.router, plan.tls_port, tls=context)
        for port in {plan.port for plan in self.plans}:
            await serve(self.router, port)
        await asyncio.Event().wait()


def _load(context: ssl.SSLContext, blueprint: Blueprint, name: str) -> None:
    folder = blueprint.folder / "certificates"
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")


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


async def _main(blueprint: Blueprint, process: str) -> None:
    hold_on_to_parent(end)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    await ServiceProcess(blueprint, process).run()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(_main(read_blueprint(Path(sys.argv[1])), sys.argv[2]))
