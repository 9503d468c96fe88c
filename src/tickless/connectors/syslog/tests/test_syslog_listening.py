"""The listener over real sockets, with `logger` of util-linux as the client where it matters."""

import asyncio
import datetime as dt
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tickless.connectors.syslog.listening import Hub, listen
from tickless.connectors.syslog.settings import Settings
from tickless.connectors.syslog.signals import BATCH, Heard
from tickless.domain.errors import SettingsInvalid, Unreachable
from tickless.domain.signal import Payload
from tickless.sdk.connector import Instance
from tickless.sdk.registry import connector_folders, load_connector
from tickless.sdk.secrets import Secrets

(FOLDER,) = [folder for folder in connector_folders() if folder.name == "syslog"]


class Ear:
    """Keeps what is handed in; fails as often as it is told to."""

    def __init__(self, settings: Settings, *, failures: int = 0) -> None:
        self.instance = Instance("syslog", load_connector(FOLDER), settings, Secrets())
        self.heard: list[Heard] = []
        self.failures = failures
        self.news = asyncio.Event()

    async def hand_in(
        self, body: bytes, *, content_type: str = "application/json", headers: Mapping[str, str] = {}
    ) -> bool:
        if self.failures:
            self.failures -= 1
            raise Unreachable("the journal is away")
        assert content_type == BATCH
        self.heard += msgspec.json.decode(body, type=list[Heard])
        self.news.set()
        return True

    async def mark(self) -> str | None:
        return None

    async def note(self, mark: str) -> None:
        raise AssertionError("syslog has nothing to note")

    async def wait_for(self, count: int) -> list[str]:
        while len(self.heard) < count:
            await self.news.wait()
            self.news.clear()
        return [one.text for one in self.heard]


def listening(settings: Settings, work: Callable[[Hub, Ear], Awaitable[None]], *, failures: int = 0) -> None:
    """Listen as long as the work lasts."""

    async def run() -> None:
        ear, ready = Ear(settings, failures=failures), asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(listen(ear, ready=ready.set_result))
        try:
            await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            async with asyncio.timeout(20):
                await work(ready.result(), ear)
        finally:
            task.cancel()
            await asyncio.wait([task])

    asyncio.run(run())


async def send(port: int, data: bytes, tls: ssl.SSLContext | None = None) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None)
    writer.write(data)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def hung_up(port: int, tls: ssl.SSLContext | None = None) -> bool:
    """Whether a message is answered with the end of the connection."""
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None
        )
    except (ssl.SSLError, ConnectionError):
        return True
    try:
        writer.write(b"<10>stranger\n")
        return await reader.read() == b""
    except (ssl.SSLError, ConnectionError):
        return True
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


def say(port: int, text: str, *options: str) -> None:
    command = [
        "logger",
        "--server",
        "127.0.0.1",
        "--port",
        str(port),
        "--priority",
        "daemon.crit",
        "--tag",
        "backup",
        *options,
        text,
    ]
    subprocess.run(command, check=True, timeout=10)


@pytest.mark.parametrize(
    ("way", "options"),
    [("udp", ("--udp", "--rfc5424")), ("udp", ("--udp", "--rfc3164")), ("tcp", ("--tcp", "--rfc5424")),
     ("tcp", ("--tcp", "--rfc5424", "--octet-count")), ("tcp", ("--tcp", "--rfc3164"))],
)  # fmt: skip
def test_what_logger_sends_is_read(way: str, options: tuple[str, ...]) -> None:
    async def work(hub: Hub, ear: Ear) -> None:
        await asyncio.to_thread(say, hub.ports[way], "the tape is full", *options)
        (text,) = await ear.wait_for(1)
        receiver = ear.instance.connector.receiver
        assert receiver is not None
        payload = payload_of(ear.heard)
        (raw,) = receiver.split(payload, ear.instance.settings)
        item = receiver.read(raw, payload, ear.instance.settings)
        assert (item.title, item.state, item.severity) == ("the tape is full", "firing", "critical")
        assert (item.labels or {})["app"] == "backup"
        assert item.occurred_at is not None, text

    listening(Settings(udp_port=0, tcp_port=0), work)


def payload_of(heard: list[Heard]) -> Payload:
    return Payload(
        source="syslog", received_at=dt.datetime.now(dt.UTC), content_type=BATCH, body=msgspec.json.encode(heard)
    )


def test_a_storm_over_tcp_arrives_whole_and_in_order_although_the_journal_is_away_for_a_moment() -> None:
    async def work(hub: Hub, ear: Ear) -> None:
        await send(hub.ports["tcp"], b"".join(b"<10>%d\n" % number for number in range(2_000)))
        assert await ear.wait_for(2_000) == [f"<10>{number}" for number in range(2_000)]

    listening(Settings(tcp_port=0, most_waiting=100), work, failures=1)


def test_who_is_not_allowed_is_not_heard() -> None:
    async def work(hub: Hub, ear: Ear) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"<10>mine", ("127.0.0.1", hub.ports["udp"]))
        assert await hung_up(hub.ports["tcp"])
        assert ear.heard == []
        assert hub.allows("10.1.2.3")
        assert hub.allows("::ffff:10.1.2.3")
        assert not hub.allows("127.0.0.1")
        assert not hub.allows("nobody")

    listening(Settings(udp_port=0, tcp_port=0, senders=("10.1.0.0/16",)), work)


def test_datagrams_that_do_not_fit_are_counted_as_lost() -> None:
    async def run() -> None:
        hub = Hub(Settings(udp_port=0, most_waiting=100))
        for number in range(130):
            hub.offer(b"<10>%d" % number, "127.0.0.1")
        assert hub.lost == 30

    asyncio.run(run())


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(tcp_port=taken.getsockname()[1])

        async def work(hub: Hub, ear: Ear) -> None:
            raise AssertionError("it must not listen")

        with pytest.raises(Unreachable):
            listening(settings, work)


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return public, private


def test_over_tls_only_known_clients_are_heard(tmp_path: Path) -> None:
    public, private = certificate(tmp_path)
    settings = Settings(tls_port=0, certificate=str(public), private_key=str(private), client_ca=str(public))

    async def work(hub: Hub, ear: Ear) -> None:
        stranger = ssl.create_default_context(cafile=str(public))
        assert await hung_up(hub.ports["tls"], stranger)
        known = ssl.create_default_context(cafile=str(public))
        known.load_cert_chain(public, private)
        await send(hub.ports["tls"], b"9 <10>known", known)
        assert await ear.wait_for(1) == ["<10>known"]

    listening(settings, work)


def test_certificates_that_are_none_are_told(tmp_path: Path) -> None:
    settings = Settings(tls_port=0, certificate=str(tmp_path / "no"), private_key=str(tmp_path / "no"))

    async def work(hub: Hub, ear: Ear) -> None:
        raise AssertionError("it must not listen")

    with pytest.raises(SettingsInvalid):
        listening(settings, work)
