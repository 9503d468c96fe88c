"""Whatever systemctl prints is read as a unit or as none, and never as more than it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.systemd.reading import read_failed, read_unit
from tickless.connectors.systemd.settings import Settings, Unit

SHOWN = """MainPID=42
Result=success
LoadState=loaded
ActiveState=active
SubState=running
ActiveEnterTimestamp=Sun 2026-11-22 12:25:28 UTC
"""


def test_a_running_unit_has_a_process_and_an_age() -> None:
    info = read_unit(SHOWN, clock="1795350388\n")
    assert (info.exists, info.running, info.pid, info.age) == (True, True, 42, 60.0)


def test_a_unit_that_is_down_has_no_age() -> None:
    info = read_unit(SHOWN.replace("=active", "=failed").replace("=success", "=signal"), clock="1795350388")
    assert (info.up, info.age, info.result) == (False, None, "signal")


@given(st.text(), st.text())
def test_any_text_is_a_unit_or_none(text: str, clock: str) -> None:
    info = read_unit(text, clock=clock)
    assert info.exists or info.age is None
    assert info.age is None or info.age >= 0


@given(st.text())
def test_failed_units_are_names_and_not_too_many(text: str) -> None:
    units = read_failed(text)
    assert len(units) <= 100
    assert all(" " not in name and name.isprintable() for name in units)


def test_failed_units_are_read_with_and_without_the_dot() -> None:
    assert read_failed("● b.service loaded failed failed B\na.timer loaded failed failed A\n") == (
        "a.timer",
        "b.service",
    )


@pytest.mark.parametrize(
    "unit", ["--version.service", "a b.service", "shop", "*.service", "x;id.service", "../x.service"]
)
def test_settings_take_plain_unit_names_only(unit: str) -> None:
    with pytest.raises(ValidationError):
        Unit(host="web-1", unit=unit)


def test_settings_refuse_a_unit_on_a_host_that_is_not_there() -> None:
    host = {"address": "10.0.0.5", "username": "tickless"}
    units = {"shop": {"host": "web-2", "unit": "shop.service"}}
    with pytest.raises(ValidationError, match="web-2"):
        Settings.model_validate({"hosts": {"web-1": host}, "key": "env:K", "known_hosts": "/k", "units": units})
