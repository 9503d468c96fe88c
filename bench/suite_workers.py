"""Plays the entries of a suite in several processes: each has a house and an estate of its own, and takes the next entry."""

from __future__ import annotations

import multiprocessing as mp
import queue
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bench.report import CannotRun
from bench.suite_channels import Channels, channel_servers, rest_site
from bench.suite_house import SuiteHouse, suite_house

Item = TypeVar("Item")
PATIENCE = 180.0
"""Seconds without any result after which the workers count as dead."""


class Plays(Protocol):
    """Plays one entry after the other in one house."""

    def play(self, entry: Any) -> Any:
        """What came of it: a plain value that can travel between processes."""
        ...


Maker = Callable[[SuiteHouse, Channels], Plays]
Opening = Callable[[], AbstractContextManager[Plays]]
"""Opens a house and whoever plays in it; it has to travel between processes."""


@contextmanager
def open_suite(wanted: frozenset[str]) -> Iterator[tuple[SuiteHouse, Channels]]:
    """A house with these channels."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        channels, uses = stack.enter_context(channel_servers(wanted, Path(folder)))
        house = stack.enter_context(suite_house(uses))
        stack.enter_context(rest_site(house, channels, wanted))
        yield house, channels


@contextmanager
def _opened(maker: Maker, channels: frozenset[str]) -> Iterator[Plays]:
    with open_suite(channels) as (house, servers):
        yield maker(house, servers)


def play_all(
    maker: Maker, entries: Sequence[Item], *, workers: int, channels: frozenset[str] = frozenset()
) -> Iterator[Any]:
    """The results, as they come; `channels`: what the entries speak over. Raises `CannotRun` when a worker dies."""
    yield from play_in(partial(_opened, maker, channels), entries, workers=workers)


def play_in(opening: Opening, entries: Sequence[Item], *, workers: int, patience: float = PATIENCE) -> Iterator[Any]:
    """As `play_all`, in what `opening` opens: once for each worker."""
    if workers <= 1 or len(entries) < 2:
        with opening() as player:
            for entry in entries:
                yield player.play(entry)
        return
    context = mp.get_context("spawn")
    todo: Any = context.Queue()
    done: Any = context.Queue()
    for item in (*entries, *[None] * workers):
        todo.put(item)
    processes = [context.Process(target=_work, args=(opening, todo, done), daemon=False) for _ in range(workers)]
    for process in processes:
        process.start()
    try:
        for _ in entries:
            try:
                result = done.get(timeout=patience)
            except queue.Empty:
                raise CannotRun("the workers gave no result any more") from None
            if isinstance(result, str):
                raise CannotRun(f"a worker ended: {result}")
            yield result
        for process in processes:
            process.join(timeout=30.0)
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
                process.join(timeout=10.0)


def _work(opening: Opening, todo: Any, done: Any) -> None:
    try:
        with opening() as player:
            while (entry := todo.get()) is not None:
                done.put(player.play(entry))
    except Exception:  # noqa: BLE001 (it must reach the process that waits for it, whatever it is)
        done.put(traceback.format_exc())
