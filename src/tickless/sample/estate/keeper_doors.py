"""What the keeper can be asked over HTTP, and what each fault does."""

from __future__ import annotations

import math
from functools import partial

from tickless.sample.estate.disks import Disk
from tickless.sample.estate.keeper import Keeper
from tickless.sample.estate.web import Json, Problem, Request, Response, Router, answer, serve

FAULTS = frozenset({"kill", "hang", "errors", "slow", "pool", "disk", "certificate"})


async def open_doors(keeper: Keeper) -> None:
    """Listen at the keeper's port."""
    doors = Doors(keeper)
    router = Router(keeper.blueprint.token, keeper.blueprint.control)
    for route, handler in (
        ("GET /processes", doors.processes),
        ("GET /processes/{name}", doors.process),
        ("POST /processes/{name}/{verb}", doors.change_process),
        ("GET /services/{service}", doors.service),
        ("GET /disks", doors.disks),
        ("POST /disks/clean_up", doors.clean_up),
        ("GET /certificates/{name}", doors.certificate),
        ("POST /certificates/{name}/renew", doors.renew),
        ("POST /pools/{service}/recycle", doors.recycle),
        ("GET /effects", doors.effects),
    ):
        router.add(route, handler)
    router.add("POST /reset", doors.reset, level="control")
    router.add("DELETE /effects", doors.forget, level="control")
    router.add("POST /faults", doors.fault, level="control")
    router.add("DELETE /faults", doors.heal, level="control")
    await serve(router, keeper.blueprint.keeper_port)


class Doors:
    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    async def processes(self, request: Request) -> Response:
        supervised = self.keeper.processes
        return answer({name: supervised.state(name) for name in self.keeper.blueprint.processes})

    async def process(self, request: Request) -> Response:
        return answer(self.keeper.processes.state(request.params["name"]))

    async def change_process(self, request: Request) -> Response:
        name, verb = request.params["name"], request.params["verb"]
        acts = {
            "start": self.keeper.processes.start,
            "stop": self.keeper.processes.stop,
            "restart": self.keeper.processes.restart,
        }
        if verb not in acts:
            raise Problem(404, f"a process can't be told to {verb!r}")
        return answer(await self.keeper.change(request.key, f"process.{verb}", name, partial(acts[verb], name)))

    async def service(self, request: Request) -> Response:
        plan = self.keeper.service(request.params["service"])
        return answer({"id": plan.id, "name": plan.name, "url": f"http://127.0.0.1:{plan.port}{plan.path}"})

    async def disks(self, request: Request) -> Response:
        if "host" in request.query:
            return answer(self.keeper.disks.find(request.query["host"], request.query.get("path", "")).state())
        return answer([disk.state() for disk in self.keeper.disks.all.values()])

    async def clean_up(self, request: Request) -> Response:
        body = request.json()
        disk = self.keeper.disks.find(str(body.get("host")), str(body.get("path")))
        days = _number(body, "older_than_days", 7.0)
        if body.get("dry_run"):
            return answer(disk.clean_up(days, dry_run=True))

        async def act() -> Json:
            return disk.clean_up(days)

        target = f"{disk.plan.host}:{disk.plan.path}"
        return answer(await self.keeper.change(request.key, "disk.clean_up", target, act))

    async def certificate(self, request: Request) -> Response:
        return answer(await self.keeper.certificate(request.params["name"]))

    async def renew(self, request: Request) -> Response:
        name = request.params["name"]
        return answer(
            await self.keeper.change(request.key, "certificate.renew", name, partial(self.keeper.renew, name))
        )

    async def recycle(self, request: Request) -> Response:
        service = self.keeper.service(request.params["service"]).id
        return answer(
            await self.keeper.change(request.key, "pool.recycle", service, partial(self.keeper.recycle, service))
        )

    async def effects(self, request: Request) -> Response:
        return answer(self.keeper.ledger.effects())

    async def reset(self, request: Request) -> Response:
        await self.keeper.reset()
        return answer({"reset": True})

    async def forget(self, request: Request) -> Response:
        self.keeper.ledger.forget()
        return answer({"forgotten": True})

    async def fault(self, request: Request) -> Response:
        body = request.json()
        kind, target = str(body.get("kind")), str(body.get("target"))
        keeper = self.keeper
        if kind == "kill":
            keeper.processes.kill(target)
        elif kind == "hang":
            keeper.processes.hang(target)
        elif kind == "disk":
            to, seconds = _number(body, "to_percent", 96.0), _number(body, "seconds", 12.0)
            keeper.disks.start_filling(self._disk(target), to_percent=to, seconds=seconds)
        elif kind == "certificate":
            await keeper.issue(target, days=_number(body, "days", 5.0))
        else:
            await self._service_fault("POST", kind, target)
        return answer({"fault": kind, "target": target})

    async def heal(self, request: Request) -> Response:
        body = request.json()
        kind, target = str(body.get("kind")), str(body.get("target"))
        keeper = self.keeper
        if kind == "kill":
            await keeper.processes.start(target)
        elif kind == "hang":
            keeper.processes.wake(target)
        elif kind == "disk":
            keeper.disks.filling.pop(self._disk(target), None)
            self._disk(target).clean_up(7.0)
        elif kind == "certificate":
            await keeper.issue(target)
        else:
            await self._service_fault("DELETE", kind, target)
        return answer({"healed": kind, "target": target})

    async def _service_fault(self, method: str, kind: str, target: str) -> None:
        if kind not in FAULTS:
            raise Problem(404, f"there is no fault {kind!r}; there are {', '.join(sorted(FAULTS))}")
        plan = self.keeper.service(target)
        await self.keeper.service_call(plan, method, f"/faults/{kind}")
        self.keeper.touched.add(plan.process)

    def _disk(self, target: str) -> Disk:
        host, _, path = target.partition(":")
        return self.keeper.disks.find(host, path)


def _number(body: Json, name: str, default: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise Problem(422, f"{name} must be a number of 0 or more")
    return float(value)
