"""Listens for syslog over UDP, TCP and TLS: bounded in messages, connections and bytes; from allowed senders only.

What arrives waits in one queue; one task hands it in by batches. TCP waits while the queue is full; of UDP what does not fit is
lost, and how much is said in the log.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack

import msgspec

from tickless.connectors.syslog.framing import Framer
from tickless.connectors.syslog.settings import Settings
from tickless.connectors.syslog.signals import BATCH, Heard
from tickless.domain.errors import SettingsInvalid, TooFast, Unreachable
from tickless.kit.log import get_logger
from tickless.sdk import Ear, listener

MOST_IN_A_BATCH = 500
READ_BYTES = 65_536
IDLE_SECONDS = 900.0
"""A connection that says nothing for so long is closed."""
TELL_EVERY = 1_000
"""Lost messages between two lines in the log."""

_log = get_logger("syslog")


class Hub:
    """Where every way in puts its messages. `ports`: what is listened to, by name, once it is."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ports: dict[str, int] = {}
        self.lost = 0
        self._queue: asyncio.Queue[Heard] = asyncio.Queue(settings.most_waiting)
        self._networks = [ipaddress.ip_network(one) for one in settings.senders]
        self._connections: set[asyncio.Task[object]] = set()

    def allows(self, peer: str) -> bool:
        """Whether this address may send."""
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)

    def offer(self, data: bytes, peer: str) -> None:
        """A datagram: taken if there is room."""
        if not self.allows(peer):
            return
        text = data[: self.settings.largest].strip(b"\r\n\0 ").decode("utf-8", "replace")
        try:
            if text:
                self._queue.put_nowait(Heard(text, peer))
        except asyncio.QueueFull:
            self.lost += 1
            if self.lost % TELL_EVERY == 1:
                _log.warning("syslog messages are lost: they come faster than they can be stored", lost=self.lost)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, until it ends, idles too long, or breaks."""
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        task = asyncio.current_task()
        if task is None or not self.allows(peer) or len(self._connections) >= self.settings.most_connections:
            writer.transport.abort()
            return
        self._connections.add(task)
        framer = Framer(self.settings.largest)
        try:
            while data := await asyncio.wait_for(reader.read(READ_BYTES), IDLE_SECONDS):
                await self._put(framer.feed(data), peer)
            await self._put(framer.rest(), peer)
        except (TimeoutError, OSError, ssl.SSLError):
            await self._put(framer.rest(), peer)
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    def hang_up(self) -> None:
        """End every connection."""
        for task in self._connections:
            task.cancel()

    async def _put(self, messages: list[bytes], peer: str) -> None:
        for one in messages:
            await self._queue.put(Heard(one.decode("utf-8", "replace"), peer))

    async def drain(self, ear: Ear) -> None:
        """Hand in what waits, for ever. Raises the house's errors; what could not be stored then waits no longer."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_IN_A_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            while True:
                try:
                    await ear.hand_in(msgspec.json.encode(batch), content_type=BATCH)
                    break
                except (Unreachable, TooFast) as error:
                    await asyncio.sleep(min(max(error.retry.seconds, 0.1), 5.0))


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self._hub.offer(data, str(addr[0]))


def trust(settings: Settings) -> ssl.SSLContext:
    """How TLS is spoken. Raises `SettingsInvalid` for files that are none."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.private_key)
        if settings.client_ca:
            context.load_verify_locations(settings.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise SettingsInvalid("the certificates for syslog over TLS cannot be read", detail=str(error)) from error
    return context


async def open_ports(hub: Hub, stack: AsyncExitStack) -> None:
    """Listen at every port that is asked for. Raises `Unreachable` for one that cannot be had."""
    settings, loop = hub.settings, asyncio.get_running_loop()
    stack.callback(hub.hang_up)
    try:
        if settings.udp_port is not None:
            where = (settings.host, settings.udp_port)
            transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(hub), local_addr=where)
            stack.callback(transport.close)
            hub.ports["udp"] = transport.get_extra_info("sockname")[1]
        for name, port, tls in (("tcp", settings.tcp_port, None), ("tls", settings.tls_port, trust)):
            if port is not None:
                hub.ports[name] = await _listen(hub, stack, port, tls(settings) if tls else None)
    except OSError as error:
        raise Unreachable(f"syslog cannot listen at {settings.host}", detail=str(error)) from error


async def _listen(hub: Hub, stack: AsyncExitStack, port: int, tls: ssl.SSLContext | None) -> int:
    server = await asyncio.start_server(hub.serve, hub.settings.host, port, ssl=tls)
    stack.callback(server.close)
    return int(server.sockets[0].getsockname()[1])


async def listen(ear: Ear, *, ready: Callable[[Hub], None] = lambda hub: None) -> None:
    """Until it is cancelled. Raises `Unreachable`, `SettingsInvalid`."""
    hub = Hub(ear.instance.settings)
    async with AsyncExitStack() as stack:
        await open_ports(hub, stack)
        ready(hub)
        await hub.drain(ear)


LISTENER = listener(listen, wanted=lambda settings: settings.listens)
