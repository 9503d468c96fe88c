"""Ids are unique, sort by time, and no process gives out another one's."""

from __future__ import annotations

import multiprocessing
import re
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

import pytest

from tickless.kit.ids import new_id, new_ids

FORM = re.compile(r"sig_[0-9A-HJKMNP-TV-Z]{26}")


def test_ids_are_unique_over_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: new_id("sig"), range(5_000)))
    assert len(set(made)) == 5_000
    assert all(FORM.fullmatch(identity) for identity in made)


@pytest.mark.parametrize("count", [0, 1, 100, 40_000])
def test_many_ids_are_in_order_and_of_the_same_form(count: int) -> None:
    made = new_ids("sig", count)
    assert len(made) == len(set(made)) == count
    assert made == sorted(made)
    assert all(FORM.fullmatch(identity) for identity in made)


def test_more_than_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        new_ids("sig", (1 << 20) + 1)


def _chances(pipe: Connection) -> None:
    pipe.send([new_id("sig")[-16:] for _ in range(50)])


def test_a_forked_child_has_randomness_of_its_own() -> None:
    new_id("sig")
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_chances, args=(theirs,))
    child.start()
    told = ours.recv()
    child.join()
    assert not set(told) & {new_id("sig")[-16:] for _ in range(300)}
