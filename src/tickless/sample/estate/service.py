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
from tickless.sample.estate.service_doors import open_service_doors
from tickless.sample.estate.web import Request, Response, Router, answer, serve
from tickless.sample.estate.working import Working


class ServiceProcess:
    """The services of one process, and the certificates that they show."""

    def __init__(self, blueprint: Blueprint, process: str) -> None:
        self.blueprint = blueprint
        self.plans = blueprint.of_process(process)
        self.tls: dict[str, ssl.SSLContext] = {}
        self.router = Router(blueprint.token, blueprint.control)
        caller = Caller(blueprint.token)
        for plan in self.plans:
            open_service_doors(self.router, Working(plan, blueprint, caller))
            self.router.add(f"POST {plan.path}/certificates/reload", self._reload)

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

    async def _reload(self, request: Request) -> Response:
        for name, context in self.tls.items():
            _load(context, self.blueprint, name)
        return answer({"reloaded": sorted(self.tls)})


def _load(context: ssl.SSLContext, blueprint: Blueprint, name: str) -> None:
    folder = blueprint.folder / "certificates"
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")


async def _main(blueprint: Blueprint, process: str) -> None:
    hold_on_to_parent(end)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    await ServiceProcess(blueprint, process).run()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(_main(read_blueprint(Path(sys.argv[1])), sys.argv[2]))
