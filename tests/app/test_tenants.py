"""Tenants: what two share is found; two houses run side by side and know nothing of each other."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.app.tenants_written import SAME, WRITES
from tests.servers.processes import HOST, Program, free_port, listens, program
from tests.waiting import until

from tickless.app.tenants.book import Tenant, TenantBook
from tickless.app.tenants.checking import Footprint, shared
from tickless.app.tenants.figures import standings
from tickless.app.tenants.fronting import Proxy, front
from tickless.app.tenants.keeping import Keeper, environment_of
from tickless.app.tenants.reading import check
from tickless.domain.errors import Conflict, SettingsInvalid
from tickless.doors.cli.client import RunningServer

ALERT = {
    "version": "4", "status": "firing", "receiver": "tickless", "groupKey": "{}", "groupLabels": {}, "commonLabels": {},
    "commonAnnotations": {}, "externalURL": "http://127.0.0.1",
    "alerts": [{
        "status": "firing", "labels": {"alertname": "DiskFull", "instance": "web-1", "severity": "critical"},
        "annotations": {"summary": "Disk full"}, "startsAt": "2026-03-02T09:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://127.0.0.1/graph", "fingerprint": "f00d",
    }],
}  # fmt: skip
DIRECTORY = '[connectors.dir]\nuse = "ldap"\n[connectors.dir.settings]\npassword = "env:{}"\n'
Running = tuple[TenantBook, list[str], Keeper]

names = st.sampled_from(["acme", "beta", "gamma"])
names_of_two = st.sampled_from(["acme", "beta"])
footprints = st.builds(
    Footprint,
    name=names,
    host=st.sampled_from(["a.example", "b.example", "c.example"]),
    port=st.integers(8500, 8502),
    databases=st.frozensets(st.sampled_from(["postgresql://one", "postgresql://two"]), max_size=1),
    paths=st.frozensets(st.sampled_from([Path("/t/a"), Path("/t/b"), Path("/t/a/b")]), min_size=1, max_size=1),
    secrets=st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["env:ONE", "env:TWO"]), max_size=2),
)


@given(one=footprints, other=footprints)
def test_exactly_what_is_shared_is_found(one: Footprint, other: Footprint) -> None:
    (mine,), (theirs,) = one.paths, other.paths
    apart = (
        one.name != other.name
        and one.host != other.host
        and one.port != other.port
        and not one.databases & other.databases
        and mine != theirs
        and mine not in theirs.parents
        and theirs not in mine.parents
        and not set((one.secrets or {}).values()) & set((other.secrets or {}).values())
    )
    assert (shared([one, other]) == []) == apart
    assert len(shared([one, other])) == len(shared([other, one]))


def test_tenants_are_written_down_once_with_ports_of_their_own(tmp_path: Path) -> None:
    book = TenantBook(tmp_path)
    first, second = book.add("acme", host="acme.help.example"), book.add("beta", host="beta.help.example")
    assert book.all() == [first, second]
    assert first.port != second.port
    for name, host in (("acme", "other.help.example"), ("third", "beta.help.example")):
        with pytest.raises(Conflict):
            book.add(name, host=host)
    for name, host in (("../up", "up.example"), ("Acme", "up.example"), ("fine", "no host"), ("fine", "localhost")):
        with pytest.raises(SettingsInvalid):
            book.add(name, host=host)
    check(book.all())


def test_one_database_is_one_whoever_signs_in_to_it(tmp_path: Path) -> None:
    book = TenantBook(tmp_path)
    for name in ("acme", "beta"):
        made = book.add(name, host=f"{name}.help.example")
        own = made.data / "tickless.toml"
        database = f'database = "postgresql+psycopg://{name}@db.internal/tickless"\n'
        own.write_text(database + own.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="the same database"):
        check(book.all())


def test_two_that_share_a_secret_are_not_started(tmp_path: Path) -> None:
    book = TenantBook(tmp_path)
    for name in ("acme", "beta"):
        made = book.add(name, host=f"{name}.help.example")
        _add(made, DIRECTORY.format("ONE"))
    with pytest.raises(SettingsInvalid, match="the same secret, env:ONE"):
        check(book.all())


def test_a_house_gets_the_secrets_that_its_own_settings_name_and_no_others(tmp_path: Path) -> None:
    made = TenantBook(tmp_path).add("acme", host="acme.help.example")
    _add(made, DIRECTORY.format("MINE"))
    around = {"PATH": "/bin", "MINE": "m", "THEIRS": "t", "TICKLESS_DATABASE": "d"}
    assert environment_of(made, around) == {"PATH": "/bin", "MINE": "m"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two houses, kept by a keeper."""
    book, told, stopped = TenantBook(tmp_path_factory.mktemp("tenants")), list[str](), threading.Event()
    lines = []
    for name in ("acme", "beta"):
        made = book.add(name, host=f"{name}.help.example")
        port = free_port()
        lines.append(f'[{name}]\nhost = "{made.host}"\nport = {port}\n')
        _add(made, '[connectors.monitor]\nuse = "alertmanager"\n[brain]\nencoder = "off"\n')
    (book.folder / "tenants.toml").write_text("\n".join(lines), encoding="utf-8")
    keeper = Keeper(book.all(), told.append)
    thread = threading.Thread(target=keeper.run, args=(stopped,))
    thread.start()
    try:
        until(lambda: all(one.running for one in standings(book.all())))
        yield book, told, keeper
    finally:
        stopped.set()
        thread.join()
    assert not any(one.running for one in standings(book.all())), "no house is left behind"


def test_what_comes_to_one_is_nothing_to_the_other(running: Running) -> None:
    book, _, _ = running
    acme, beta = (RunningServer.find(one.data) for one in book.all())
    assert acme is not None
    assert beta is not None
    with _client(acme) as ours, _client(beta) as theirs:
        assert ours.post("/hooks/monitor", json=ALERT).status_code == 202
        until(lambda: ours.get("/api/v1/numbers").json()["cases"] == 1)
        case = ours.get("/api/v1/cases").json()["items"][0]
        assert theirs.get("/api/v1/cases").json()["items"] == []
        assert theirs.get(f"/api/v1/cases/{case['id']}").status_code == 404
        assert theirs.get("/api/v1/signals").json()["items"] == []
        assert [one.numbers["cases"] for one in standings(book.all()) if one.numbers] == [1, 0]
    with httpx2.Client(
        base_url=beta.url, headers={"Authorization": f"Bearer {acme.token}"}, trust_env=False
    ) as stranger:
        assert stranger.get("/api/v1/cases").status_code == 401
        assert stranger.post("/hooks/monitor", json=ALERT).status_code == 401
    for name in ("seal.key", "tickless.db", "signals.db"):
        first, second = ((one.data / name) for one in book.all())
        assert first.is_file()
        assert second.is_file()
        assert not first.samefile(second)
    keys = [(one.data / "seal.key").read_bytes() for one in book.all()]
    assert keys[0] != keys[1]


@settings(max_examples=5, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.lists(st.tuples(names_of_two, st.sampled_from(sorted(WRITES))), min_size=6, max_size=16))
def test_whatever_is_written_into_one_house_is_in_no_file_of_the_other(
    running: Running, writes: list[tuple[str, str]]
) -> None:
    """Two houses, written to in any order, under the same ids: nothing that one was told is anywhere in the other."""
    data = {one.name: one.data for one in running[0].all()}
    latest: dict[tuple[str, str], str] = {}
    for name, kind in writes:
        word, server = f"{name}{secrets.token_hex(8)}", RunningServer.find(data[name])
        assert server is not None
        with _client(server) as house:
            answer = WRITES[kind](house, word)
            assert answer.is_success, (kind, answer.text)
            if kind == "article":
                assert word in house.get(f"/api/v1/knowledge/{SAME}").text
        latest[name, kind] = word
    until(lambda: all(_lies_in(word, data[name]) for (name, _), word in latest.items()))
    for (name, kind), word in latest.items():
        (other,) = set(data) - {name}
        assert not _lies_in(word, data[other]), kind


def _lies_in(word: str, folder: Path) -> bool:
    return any(word.encode() in one.read_bytes() for one in folder.rglob("*") if one.is_file())


def test_a_house_that_falls_is_started_again_and_the_other_goes_on(running: Running) -> None:
    book, told, keeper = running
    acme, beta = book.all()
    before = RunningServer.find(beta.data)
    os.kill(keeper.pid_of("acme"), signal.SIGKILL)
    until(lambda: any(line.startswith("acme: it ended with") for line in told))
    until(lambda: all(one.running for one in standings([acme])))
    assert RunningServer.find(beta.data) == before
    assert not any(line.startswith("beta: it ended") for line in told)


@pytest.mark.server("haproxy")
@pytest.mark.parametrize("proxy", ["haproxy", "nginx"])
def test_a_host_name_leads_to_its_house_and_an_unknown_one_nowhere(
    running: Running, proxy: Proxy, tmp_path: Path
) -> None:
    book, _, _ = running
    acme, beta = (RunningServer.find(one.data) for one in book.all())
    assert acme is not None
    assert beta is not None
    port, config = free_port(), tmp_path / "proxy.conf"
    text = front(book.all(), proxy=proxy, certificates="", address=f"{HOST}:{port}")
    if proxy == "nginx":
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{one}_temp_path {tmp_path}/{one};\n" for one in places)
        text = f"daemon off;\npid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{text}}}\n"
    config.write_text(text, encoding="utf-8")
    argv = ["-f", str(config), "-db"] if proxy == "haproxy" else ["-c", str(config), "-p", str(tmp_path)]
    daemon = Program([program(proxy) or proxy, *argv], log=tmp_path / "log")
    daemon.start(lambda: listens(port))
    try:
        assert _asked(port, "acme.help.example", acme.token) == 200
        assert _asked(port, "acme.help.example", beta.token) == 401
        assert _asked(port, "BETA.help.example", beta.token) == 200
        assert _asked(port, "gamma.help.example", acme.token) == 404
    finally:
        daemon.stop()


def _add(tenant: Tenant, settings: str) -> None:
    with (tenant.data / "tickless.toml").open("a", encoding="utf-8") as file:
        file.write(settings)


def _asked(port: int, host: str, token: str) -> int:
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    connection.request("GET", "/api/v1/cases", headers={"Host": host, "Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


def _client(server: RunningServer) -> httpx2.Client:
    return httpx2.Client(
        base_url=server.url, headers={"Authorization": f"Bearer {server.token}"}, trust_env=False, timeout=20
    )
