"""The quality ladder: every rule of the contract, the tier that needs it, and what a folder's `quality.toml` claims."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tickless.domain.errors import SettingsInvalid
from tickless.sdk.connector import Connector
from tickless.sdk.manifest import Tier

TIERS: tuple[Tier, ...] = ("bronze", "silver", "gold", "proven")
SHORTEST_REASON = 12


def _always(connector: Connector) -> bool:
    return True


def receives(connector: Connector) -> bool:
    """It reads payloads."""
    return connector.receiver is not None


def operates(connector: Connector) -> bool:
    """It has actions or probes."""
    return bool(connector.operations)


def changing(connector: Connector) -> list[str]:
    """Names of the actions that change or destroy something."""
    return sorted(name for name, promise in connector.manifest.actions.items() if promise.effect != "read")


def changes(connector: Connector) -> bool:
    """It has actions that change something."""
    return bool(changing(connector))


@dataclass(frozen=True)
class Rule:
    """One rule. Where it `applies`, only `done` counts towards its tier; elsewhere `exempt: reason` does as well."""

    name: str
    tier: Tier
    text: str
    applies: Callable[[Connector], bool] = _always


RULES: tuple[Rule, ...] = (
    Rule("loads_offline", "bronze", "The folder loads without any network."),
    Rule("readme", "bronze", "README.md says set-up, least rights, limits and removal."),
    Rule("settings_typed", "bronze", "settings.py has a frozen `Settings` that refuses unknown names."),
    Rule("promises_stated", "bronze", "Effect, undo, dry run and idempotence are stated for every action."),
    Rule("params_strict", "bronze", "Every operation checks its parameters and refuses unknown ones."),
    Rule("fixtures", "bronze", "Every declared kind of signal has a fixture and a snapshot.", receives),
    Rule("parsing_total", "bronze", "Any payload yields an Item or PayloadRejected with a mend.", receives),
    Rule("stable_keys", "bronze", "The same payload has the same key and fingerprint.", receives),
    Rule("errors_mapped", "silver", "Failures of the outside system come back as the house's errors.", operates),
    Rule("timeout_honoured", "silver", "No operation waits longer than it is told to.", operates),
    Rule("safe_twice", "silver", "Every change is safe to run twice with the same key.", changes),
    Rule("secrets_safe", "silver", "No secret shows up in a result or an error.", operates),
    Rule("dry_run", "gold", "Every change can be tried without changing anything.", changes),
    Rule("read_back", "gold", "There is a probe to verify a change with.", changes),
    Rule("undo", "gold", "Every change has an undo that works, or says why it cannot be taken back.", changes),
    Rule("simulator", "gold", "Every operation has a contract case that runs against something live.", operates),
    Rule("real_product", "proven", "It ran against the real product; the manifest says which, and when."),
)

RULE_NAMES = frozenset(rule.name for rule in RULES)


def read_quality(folder: Path) -> dict[str, str]:
    """Rule → `done` or `exempt: reason`. Raises `SettingsInvalid` naming each rule that is missing, unknown or unclear."""
    path = folder / "quality.toml"
    try:
        claims = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalid(f"{folder.name}: quality.toml cannot be read", detail=str(error)) from error
    problems = [f"{name}: missing" for name in sorted(RULE_NAMES - claims.keys())]
    problems += [f"{name}: no such rule" for name in sorted(claims.keys() - RULE_NAMES)]
    problems += [f"{name}: say `done` or `exempt: reason`" for name, claim in claims.items() if not _clear(claim)]
    if problems:
        raise SettingsInvalid(f"{folder.name}: quality.toml: {'; '.join(problems)}")
    return claims


def _clear(claim: object) -> bool:
    if not isinstance(claim, str):
        return False
    word, _, reason = claim.partition(":")
    return claim == "done" or (word == "exempt" and len(reason.strip()) >= SHORTEST_REASON)


def earned_tier(connector: Connector, claims: dict[str, str]) -> Tier | None:
    """The highest tier of which every rule, and every rule below it, is done or does not apply; None: not even bronze."""
    earned: Tier | None = None
    for tier in TIERS:
        rules = [rule for rule in RULES if rule.tier == tier]
        if any(claims[rule.name] != "done" and rule.applies(connector) for rule in rules):
            return earned
        earned = tier
    return earned
