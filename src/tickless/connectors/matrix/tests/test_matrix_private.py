"""What is private is said only where the two of us are alone at that moment."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tickless.domain.errors import Rejected
from tickless.sdk.registry import load_connector
from tickless.sdk.testing.live import run_operation

FOLDER = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("matrix_world", Path(__file__).with_name("contract_case.py"))
assert SPEC is not None
assert SPEC.loader is not None
WORLD: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(WORLD)
MATRIX = load_connector(FOLDER)


def test_a_room_that_others_came_into_hears_nothing_private() -> None:
    with WORLD.serving() as world:
        before = world.look()
        with pytest.raises(Rejected, match="others"):
            run_operation(MATRIX, "post", {**WORLD.ANSWER, "address": {"room": "!all:larkmoor.example"}}, world)
        assert world.look() == before


@pytest.mark.parametrize("user", ["", "@bo:larkmoor.example", "@ida:evil.example"])
def test_a_room_in_which_somebody_else_is_alone_with_us_hears_nothing_private(user: str) -> None:
    with WORLD.serving() as world:
        before = world.look()
        address = {"room": "!dm:larkmoor.example", "user": user}
        with pytest.raises(Rejected, match="others"):
            run_operation(MATRIX, "post", {**WORLD.ANSWER, "address": address}, world)
        assert world.look() == before


def test_a_room_is_opened_once_for_somebody_alone() -> None:
    with WORLD.serving() as world:
        for key in ("a", "b"):
            run_operation(
                MATRIX, "post", {**WORLD.ANSWER, "address": {"direct": "@ida:larkmoor.example"}}, world, key=key
            )
        said = [value for value in world.look().values() if "m.room.message" in value and "Which one?" in value]
        assert len(said) == 2
