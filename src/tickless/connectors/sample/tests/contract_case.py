"""The connector's operations in a real estate: each world breaks something of its own and looks at what became of it."""

import atexit
import json
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate, FaultKind
from tickless.sdk.testing import ContractCase, World, http_faults

TURN = count()
COMPANY = make_company()
SECRETS = {"NEW_PASSWORD": "correct-horse-4711-battery"}


@cache
def estate() -> Estate:
    """One company for all cases of a test process."""
    open_things = ExitStack()
    atexit.register(open_things.close)
    folder = open_things.enter_context(
        tempfile.TemporaryDirectory(prefix="tickless-sample-", ignore_cleanup_errors=True)
    )
    return open_things.enter_context(Estate.start(COMPANY, Path(folder) / "estate", interval=5.0))


def ask(side: str, path: str) -> Any:
    request = urllib.request.Request(
        f"{estate().urls[side]}{path}", headers={"Authorization": f"Bearer {estate().token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def made(look: Callable[[], Any], params: dict[str, Any]) -> World:
    settings, secrets = estate().connector_settings()
    return World(settings, {**secrets, **SECRETS}, look, params)


def person(path: str, *breaks: FaultKind, **also: Any) -> Callable[[], AbstractContextManager[World]]:
    """A world around somebody who has not been in one yet, with what is broken for them."""

    @contextmanager
    def world() -> Iterator[World]:
        username = COMPANY.people[next(TURN) % len(COMPANY.people)].username
        estate().forget_effects()
        for fault in breaks:
            estate().fault(fault, username)
        yield made(lambda: ask("office", path.format(username)), {"username": username, **also})

    return world


def newcomer(path: str) -> Callable[[], AbstractContextManager[World]]:
    """A world around somebody whom nobody knows yet."""

    @contextmanager
    def world() -> Iterator[World]:
        username = f"jane.smith{next(TURN)}"
        estate().forget_effects()
        yield made(lambda: ask("office", path.format(username)), {"username": username})

    return world


def laptop(*, has: bool) -> Callable[[], AbstractContextManager[World]]:
    """A world around the laptop of somebody new, and an app's package that is, or is not, on it."""

    @contextmanager
    def world() -> Iterator[World]:
        owner = COMPANY.people[next(TURN) % len(COMPANY.people)]
        app = next(app for app in COMPANY.apps if (app.group in owner.groups) == has)
        tag = COMPANY.laptop(owner.id).tag
        estate().forget_effects()
        yield made(
            lambda: ask("office", f"/devices/{tag}/software/{app.package}"), {"device": tag, "package": app.package}
        )

    return world


def membership(*, has: bool) -> Callable[[], AbstractContextManager[World]]:
    """A world around somebody new, and a group that they are, or are not, in."""

    @contextmanager
    def world() -> Iterator[World]:
        who = COMPANY.people[next(TURN) % len(COMPANY.people)]
        group = next(app.group for app in COMPANY.apps if (app.group in who.groups) == has)
        estate().forget_effects()
        yield made(lambda: ask("office", f"/accounts/{who.username}"), {"username": who.username, "group": group})

    return world


def process(name: str, *, runs: bool) -> Callable[[], AbstractContextManager[World]]:
    """A world around one process. A restart shows in its `started_at`; an undo only promises that it runs again."""

    @contextmanager
    def world() -> Iterator[World]:
        estate().forget_effects()
        estate().heal("kill", name)
        if not runs:
            estate().fault("kill", name)
        yield made(lambda: ask("keeper", f"/processes/{name}")["running"], {"process": name})
        estate().heal("kill", name)

    return world


@contextmanager
def one_device() -> Iterator[World]:
    tag = COMPANY.devices[0].tag
    yield made(lambda: ask("office", f"/devices/{tag}"), {"device": tag})


@contextmanager
def phone() -> Iterator[World]:
    estate().forget_effects()
    number = COMPANY.people[next(TURN) % 150].phone or "+447700900999"
    yield made(lambda: estate().sms(number), {"phone": number})


def settled(look: Callable[[], Any]) -> None:
    """Until it looks the same three times in a row: what breaks over time (a disk that fills) is broken by then."""
    seen: list[Any] = []
    for _ in range(200):
        seen.append(look())
        if len(seen) >= 3 and seen[-1] == seen[-2] == seen[-3]:
            return
        time.sleep(0.2)
    raise AssertionError(f"it goes on changing: {seen[-3:]}")


def broken(side: str, path: str, fault: FaultKind, target: str, **amount: float) -> Callable[[], Any]:
    """A world with this broken, mended again afterwards."""

    @contextmanager
    def world() -> Iterator[World]:
        estate().forget_effects()
        estate().fault(fault, target, **amount)
        settled(lambda: ask(side, path))
        try:
            yield made(lambda: ask(side, path), {})
        finally:
            estate().heal(fault, target)

    return world


def sound(side: str, path: str) -> Callable[[], Any]:
    @contextmanager
    def world() -> Iterator[World]:
        estate().forget_effects()
        yield made(lambda: ask(side, path), {})

    return world


def at(url: str) -> World:
    return World(
        {"office_url": url, "keeper_url": url, "token": "env:SAMPLE"}, {"SAMPLE": "sesame-4711-open-up", **SECRETS}
    )


ACCOUNT, MAILBOX, PROFILE = "/accounts/{}", "/mailboxes/{}", "/vpn/profiles/{}"
SHOP = "shop.larkmoor.example"
WHO = {"username": "wei.chen"}

CASES = [
    ContractCase("account", person(ACCOUNT, "lock"), expect={"locked": True}, faults=http_faults(at), params=WHO),
    ContractCase("account", person(ACCOUNT), WHO, expect={"locked": False, "enabled": True}, name="in order"),
    ContractCase(
        "unlock", person(ACCOUNT, "lock"), WHO, changes=True, expect={"locked": False}, faults=http_faults(at)
    ),
    ContractCase("unlock", person(ACCOUNT), WHO, expect={"locked": False}, name="not locked"),
    ContractCase(
        "set_password",
        person(ACCOUNT, "lock"),
        {**WHO, "password": "env:NEW_PASSWORD"},
        changes=True,
        expect={"must_change_password": True},
        faults=http_faults(at),
    ),
    ContractCase("member", membership(has=True), expect={"member": True}),
    ContractCase(
        "add_to_group",
        membership(has=False),
        {**WHO, "group": "app-tallybook"},
        changes=True,
        expect={"member": True},
        undo_restores=True,
        faults=http_faults(at),
    ),
    ContractCase(
        "remove_from_group",
        membership(has=True),
        changes=True,
        expect={"member": False},
        undo_restores=True,
    ),
    ContractCase(
        "create_account",
        newcomer("/accounts/{}"),
        {"given_name": "Jane", "family_name": "Smith", "display_name": "Jane Smith", "email": "jane@larkmoor.example"},
        changes=True,
        expect={"exists": True},
        undo_restores=True,
    ),
    ContractCase("delete_account", person(ACCOUNT), WHO, changes=True, expect={"exists": False}),
    ContractCase(
        "mailbox_create",
        newcomer("/mailboxes/{}"),
        {"email": "jane@larkmoor.example"},
        changes=True,
        expect={"exists": True},
        undo_restores=True,
    ),
    ContractCase("mailbox_delete", person("/mailboxes/{}"), WHO, changes=True, expect={"exists": False}),
    ContractCase(
        "set_enabled",
        person(ACCOUNT),
        {**WHO, "enabled": False},
        changes=True,
        expect={"enabled": False},
        undo_restores=True,
    ),
    ContractCase("device", one_device, expect={"exists": True, "online": True}),
    ContractCase("software", laptop(has=True), expect={"installed": True, "available": True}),
    ContractCase(
        "install",
        laptop(has=False),
        changes=True,
        expect={"installed": True},
        undo_restores=True,
    ),
    ContractCase(
        "uninstall",
        laptop(has=True),
        changes=True,
        expect={"installed": False},
        undo_restores=True,
    ),
    ContractCase("vpn_profile", person(PROFILE, "vpn_expired"), WHO, expect={"exists": True, "valid": False}),
    ContractCase("vpn_gateway", sound("office", "/vpn/profiles/wei.chen"), expect={"up": True}),
    ContractCase("vpn_tunnel", person(PROFILE, "client_old"), WHO, expect={"connects": False, "reason": "client_old"}),
    ContractCase("vpn_renew_profile", person(PROFILE, "vpn_expired"), WHO, changes=True, expect={"valid": True}),
    ContractCase("mailbox_quota", person(MAILBOX, "mailbox_full"), WHO, expect={"percent": 104.0}),
    ContractCase(
        "mailbox_set_quota",
        person(MAILBOX, "mailbox_full"),
        {**WHO, "quota_mb": 9_000},
        changes=True,
        expect={"quota_mb": 9_000},
        undo_restores=True,
    ),
    ContractCase(
        "phone_send",
        phone,
        {"phone": "+447700900999", "text": "your code is 123456"},
        changes=True,
        faults=http_faults(at),
        expect={"sent": True},
    ),
]
CASES += [
    ContractCase(
        "process_state",
        broken("keeper", "/processes/search-api", "kill", "search-api"),
        {"process": "search-api"},
        expect={"running": False, "state": "killed by signal 9"},
        faults=http_faults(at),
    ),
    ContractCase(
        "process_start",
        process("payments-api", runs=False),
        changes=True,
        expect={"running": True},
        undo_restores=True,
    ),
    ContractCase(
        "process_stop",
        process("message-bus", runs=True),
        changes=True,
        expect={"running": False},
        undo_restores=True,
    ),
    ContractCase(
        "process_restart",
        broken("keeper", "/processes/till-hub", "hang", "till-hub"),
        {"process": "till-hub"},
        changes=True,
        expect={"running": True, "state": "running"},
    ),
    ContractCase(
        "health_check",
        broken("keeper", "/services/stock-api", "errors", "stock-api"),
        {"service": "stock-api"},
        expect={"healthy": False, "status": 500, "detail": "internal error"},
        faults=http_faults(at),
    ),
    ContractCase(
        "disk_usage", sound("keeper", "/processes/sign-in"), {"host": "db-1", "path": "/srv"}, expect={"total_mb": 4096}
    ),
    ContractCase(
        "disk_clean_up",
        broken("keeper", "/disks?host=app-1&path=/var", "disk", "app-1:/var", to_percent=70, seconds=0),
        {"host": "app-1", "path": "/var", "older_than_days": 7},
        changes=True,
    ),
    ContractCase(
        "certificate_state", sound("keeper", f"/certificates/{SHOP}"), {"name": SHOP}, expect={"exists": True}
    ),
    ContractCase(
        "certificate_renew",
        broken("keeper", f"/certificates/{SHOP}", "certificate", SHOP, days=3),
        {"name": SHOP},
        changes=True,
        faults=http_faults(at),
    ),
    ContractCase("pool_state", sound("keeper", "/services/orders-api"), {"service": "orders-api"}, expect={"size": 8}),
    ContractCase(
        "pool_recycle",
        broken("orders-api", "/pool", "pool", "orders-api"),
        {"service": "orders-api"},
        changes=True,
    ),
]
