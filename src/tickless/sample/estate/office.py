"""The office: directory, endpoint manager, VPN profiles, mail and phones in one process, with one SQLite file.

`python -m tickless.sample.estate.office BLUEPRINT`. It may be killed and started again: nothing is lost.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tickless.sample.estate.accounts import Accounts
from tickless.sample.estate.blueprint import OFFICE, Blueprint, read_blueprint
from tickless.sample.estate.calling import Caller
from tickless.sample.estate.endpoints import Endpoints
from tickless.sample.estate.ledger import Ledger
from tickless.sample.estate.lifeline import die_with_parent, end, hold_on_to_parent
from tickless.sample.estate.office_faults import OfficeFaults
from tickless.sample.estate.office_file import open_office_file, refill
from tickless.sample.estate.post import Mailboxes, Phones
from tickless.sample.estate.remote_access import RemoteAccess
from tickless.sample.estate.service_doors import open_service_doors
from tickless.sample.estate.web import Handler, Json, Problem, Request, Response, Router, answer, serve
from tickless.sample.estate.working import Working

Reader = Callable[[dict[str, str]], object]
Changer = Callable[[dict[str, str], Json], Json]


class Office:
    def __init__(self, blueprint: Blueprint) -> None:
        self.seed: Json = json.loads((blueprint.folder / "office_seed.json").read_text(encoding="utf-8"))
        db = open_office_file(blueprint.folder / "office.sqlite", self.seed)
        self.db = db
        self.blueprint = blueprint
        self.caller = Caller(blueprint.token)
        self.ledger = Ledger(db)
        self.accounts = Accounts(db)
        self.endpoints = Endpoints(db)
        self.access = RemoteAccess(db, self.accounts, self.endpoints)
        self.mailboxes = Mailboxes(db)
        self.phones = Phones(db)
        self.faults = OfficeFaults(db, self.accounts, self.endpoints, self.access, self.mailboxes)
        self.router = Router(blueprint.token, blueprint.control)
        self._open_reading_doors()
        self._open_changing_doors()
        self.at_work = [Working(plan, blueprint, self.caller) for plan in blueprint.of_process(OFFICE)]
        for working in self.at_work:
            open_service_doors(self.router, working)

    def _open_reading_doors(self) -> None:
        read = self._read
        read("accounts/{username}", lambda at: self.accounts.state(at["username"]))
        read("accounts/{username}/groups/{group}", lambda at: self.accounts.member(at["username"], at["group"]))
        read("devices/{device}", lambda at: self.endpoints.state(at["device"]))
        read("devices/{device}/software/{package}", lambda at: self.endpoints.software(at["device"], at["package"]))
        read("vpn/profiles/{username}", lambda at: self.access.profile(at["username"]))
        read("mailboxes-over-quota", lambda at: self.mailboxes.over())
        read("mailboxes/{username}", lambda at: self.mailboxes.state(at["username"]))
        read("effects", lambda at: self.ledger.effects())
        self.router.add("GET /vpn/gateway", self._gateway)
        self.router.add("GET /vpn/tunnels/{username}", self._tunnel)
        self.router.add("GET /phones/{phone}", self._inbox, level="control")
        self.router.add("POST /reset", self._reset, level="control")
        self.router.add("DELETE /effects", self._forget, level="control")
        self.router.add("POST /sign-in", self._sign_in, level="open")
        self.router.add("POST /faults", self._fault, level="control")
        self.router.add("DELETE /faults", self._fault, level="control")

    def _open_changing_doors(self) -> None:
        change, accounts, endpoints = self._change, self.accounts, self.endpoints
        change("POST accounts/{username}/unlock", "directory.unlock", lambda at, _: accounts.unlock(at["username"]))
        change(
            "POST accounts/{username}/password",
            "directory.set_password",
            lambda at, body: accounts.set_password(
                at["username"], str(body.get("password", "")), must_change=body.get("must_change") is True
            ),
        )
        change(
            "POST accounts/{username}/enabled",
            "directory.set_enabled",
            lambda at, body: accounts.set_enabled(at["username"], enabled=body.get("enabled") is True),
        )
        change(
            "POST accounts/{username}",
            "directory.create_account",
            lambda at, body: accounts.create(at["username"], str(body.get("display_name", ""))[:200]),
        )
        change("DELETE accounts/{username}", "directory.delete_account", lambda at, _: accounts.delete(at["username"]))
        change("POST mailboxes/{username}", "mailbox.create", lambda at, _: self.mailboxes.create(at["username"]))
        change("DELETE mailboxes/{username}", "mailbox.delete", lambda at, _: self.mailboxes.delete(at["username"]))
        groups = "accounts/{username}/groups/{group}"
        change(f"POST {groups}", "directory.add_to_group", lambda at, _: accounts.join(at["username"], at["group"]))
        change(
            f"DELETE {groups}", "directory.remove_from_group", lambda at, _: accounts.leave(at["username"], at["group"])
        )
        software = "devices/{device}/software/{package}"
        change(f"POST {software}", "endpoint.install", lambda at, _: endpoints.install(at["device"], at["package"]))
        change(
            f"DELETE {software}", "endpoint.uninstall", lambda at, _: endpoints.uninstall(at["device"], at["package"])
        )
        change(
            "POST vpn/profiles/{username}/renew", "vpn.renew_profile", lambda at, _: self.access.renew(at["username"])
        )
        change(
            "POST mailboxes/{username}/quota",
            "mailbox.set_quota",
            lambda at, body: self.mailboxes.set_quota(at["username"], _positive(body, "quota_mb")),
        )
        change(
            "POST phones/{phone}",
            "phone.send",
            lambda at, body: self.phones.send(at["phone"], str(body.get("text", ""))[:480]),
        )

    def _read(self, template: str, reader: Reader) -> None:
        async def door(request: Request) -> Response:
            return answer(reader(request.params))

        self.router.add(f"GET /{template}", door)

    def _change(self, route: str, operation: str, changer: Changer) -> None:
        method, _, template = route.partition(" ")

        async def door(request: Request) -> Response:
            body = request.json()
            target = "/".join(request.params.values())
            reply = self.ledger.once(request.key, operation, target, lambda: changer(request.params, body))
            return answer(reply)

        handler: Handler = door
        self.router.add(f"{method} /{template}", handler)

    async def _gateway(self, request: Request) -> Response:
        up = await self._gateway_up()
        return answer({"up": up, "sessions": self.access.sessions() if up else 0})

    async def _tunnel(self, request: Request) -> Response:
        reason = self.access.obstacle(request.params["username"], gateway_up=await self._gateway_up())
        return answer({"connects": not reason, "reason": reason})

    async def _gateway_up(self) -> bool:
        plan = self.blueprint.find("vpn-gateway")
        if plan is None:
            return False
        try:
            return (await self.caller.call(plan.port, plan.path + "/health", patience=1.0)).status == 200
        except (OSError, TimeoutError):
            return False

    async def _inbox(self, request: Request) -> Response:
        return answer(self.phones.received(request.params["phone"]))

    async def _reset(self, request: Request) -> Response:
        refill(self.db, self.seed)
        self.ledger.forget()
        for working in self.at_work:
            working.faults.clear()
        return answer({"reset": True})

    async def _forget(self, request: Request) -> Response:
        self.ledger.forget()
        return answer({"forgotten": True})

    async def _sign_in(self, request: Request) -> Response:
        body = request.json()
        return answer(self.accounts.sign_in(str(body.get("username")), str(body.get("password"))))

    async def _fault(self, request: Request) -> Response:
        body = request.json()
        self.faults.apply(str(body.get("kind")), str(body.get("target")), heal=request.method == "DELETE")
        return answer({"done": True})


def _positive(body: Json, name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1_000_000:
        raise Problem(422, f"{name} must be a number above 0")
    return float(value)


async def _main(blueprint: Blueprint) -> None:
    hold_on_to_parent(end)
    await serve(Office(blueprint).router, blueprint.office_port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(_main(read_blueprint(Path(sys.argv[1]))))
