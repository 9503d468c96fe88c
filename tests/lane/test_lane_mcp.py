"""MCP for real: a server of the protocol's own SDK, by HTTP and as a program; a tool that turned hostile is not called."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.lane.instances import call_of, instance_of, run
from tests.servers.mcp_lane import Ledger, changed_ledger

from tickless.domain.errors import Rejected, Unreachable
from tickless.domain.tool_effect import ToolEffect
from tickless.sdk.connector import Instance

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
EFFECTS: dict[str, Any] = {"count": "read", "add": "change", "wipe": "destroy", "sleep": "read"}


def read_once(ledger: Ledger, **more: Any) -> dict[str, ToolEffect]:
    """What somebody says who has read the tools."""
    shown = run(instance_of("mcp", {"url": ledger.url}, {}), "tools").output.tools
    return {
        tool.name: ToolEffect(id=f"tef_{tool.name}", instance="crm", tool=tool.name, sha256=tool.sha256,
                              effect=EFFECTS[tool.name], by="user:pia", at=AT, **more.get(tool.name, {}))
        for tool in shown
        if tool.name in EFFECTS
    }  # fmt: skip


def where(settings: dict[str, Any], said: dict[str, ToolEffect]) -> Instance:
    return replace(instance_of("mcp", settings, {}), said=lambda: said)


def slowly(here: Instance, operation: str, *, timeout: float = 60, **params: Any) -> Any:
    """A program has to start first: on a busy machine that takes its time."""
    found = here.connector.operations[operation]
    return found.run(replace(call_of(here), timeout=timeout), found.params.model_validate(params))


def test_a_tool_that_turned_hostile_is_seen_and_not_called(ledger: Ledger) -> None:
    said = read_once(ledger)
    turned = changed_ledger()
    here = where({"url": turned.url}, said)
    states = {tool.name: tool.state for tool in run(here, "tools").output.tools}
    assert (states["add"], states["count"], states["fail"]) == ("changed", "classified", "new")
    with pytest.raises(Rejected, match="changed since somebody read it"):
        run(here, "change", tool="add", arguments={"line": "x"})
    assert turned.lines() == []


def test_a_tool_is_called_in_its_own_way_only(ledger: Ledger) -> None:
    here = where({"url": ledger.url}, read_once(ledger))
    for operation in ("ask", "change"):
        with pytest.raises(Rejected, match="classified as 'destroy'"):
            run(here, operation, tool="wipe")
    assert ledger.lines() == ["one", "two"]
    assert run(here, "change", tool="add", arguments={"line": "three"}).changed
    assert ledger.lines() == ["one", "two", "three"]
    with pytest.raises(Rejected, match="do not fit"):
        run(here, "change", tool="add", arguments={"lines": "four"})
    assert run(here, "destroy", tool="wipe").changed
    assert ledger.lines() == []


def test_a_program_speaks_over_its_streams_and_gets_no_variables_of_ours(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS_ALONE", "secret")
    here = where({"command": ledger.command()}, read_once(ledger))
    assert slowly(here, "ask", tool="count").output.text == "2"
    ends_without_it = ["/bin/sh", "-c", 'test -z "$OURS_ALONE" || sleep 60']
    with pytest.raises(Unreachable, match="ended"):
        slowly(instance_of("mcp", {"command": ends_without_it}, {}), "tools", timeout=20)


def test_a_slow_tool_of_a_program_is_waited_for_no_longer_than_said(ledger: Ledger) -> None:
    quiet = instance_of("mcp", {"command": ["/bin/sleep", "60"]}, {})
    with pytest.raises(Unreachable, match="took too long"):
        slowly(quiet, "tools", timeout=1)


def test_what_changed_is_read_back_and_can_be_taken_back_by_the_tools_that_somebody_named(ledger: Ledger) -> None:
    said = read_once(ledger, add={"undo": "wipe", "verify": "count"})
    done = run(where({"url": ledger.url}, said), "change", tool="add", arguments={"line": "three"})
    assert done.output.seen == "3"
    assert done.undo.uses.endswith(".destroy")
    assert done.undo.with_ == {"tool": "wipe", "arguments": {}}
    stale = {**said, "count": said["count"].model_copy(update={"sha256": "0" * 64})}
    with pytest.raises(Rejected, match="changed since somebody read it"):
        run(where({"url": ledger.url}, stale), "change", tool="add", arguments={"line": "four"})
    assert len(ledger.lines()) == 3, "what cannot be checked is not begun"
