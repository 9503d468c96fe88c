"""A sample company that is kept between modules costs nothing meanwhile: its processes are stopped until the next one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tickless.sample.estate.control import Estate

_KEEPERS = frozenset({"chaos", "review", "sample", "story"})
"""Folders of tests that have a kept one at hand."""

_kept: list[Estate] = []


@contextmanager
def kept(estate: Estate) -> Iterator[Estate]:
    """Let it live for the block, and rest between modules of tests."""
    _kept.append(estate)
    try:
        yield estate
    finally:
        _send(signal.SIGCONT)  # what is stopped cannot be ended in good order
        _kept.remove(estate)


@pytest.fixture(scope="module", autouse=True)
def companies_that_rest(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever folder of tests keeps a company wakes it up; it rests when the module is over."""
    if not _KEEPERS.isdisjoint(request.path.parts):
        _send(signal.SIGCONT)
    yield
    _send(signal.SIGSTOP)


def _send(number: signal.Signals) -> None:
    for estate in _kept:
        if estate.group is not None:
            os.killpg(estate.group, number)
