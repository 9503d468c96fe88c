"""Uses the sample company through its connector, as a runbook would."""

from __future__ import annotations

from typing import Any

from tickless.kit.clock import SystemClock
from tickless.sample.estate.control import Estate
from tickless.sdk.connector import Call
from tickless.sdk.operations import Result
from tickless.sdk.registry import connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets

CONNECTOR = load_connector(next(folder for folder in connector_folders() if folder.name == "sample"))


class Hands:
    def __init__(self, estate: Estate) -> None:
        self.estate = estate

    def do(self, operation: str, key: str = "run:step", secret: str = "", **params: Any) -> Result:
        """Run an operation of the connector. `secret` stands behind `env:NEW`."""
        settings, secrets = self.estate.connector_settings()
        instance = make_instance("sample", CONNECTOR, settings, Secrets({**secrets, "NEW": secret}))
        found = CONNECTOR.operations[operation]
        return found.run(Call(instance, key, SystemClock().now(), timeout=10.0), found.params.model_validate(params))

    def ask(self, operation: str, **params: Any) -> Any:
        return self.do(operation, **params).output

    def healthy(self, service: str) -> bool:
        return bool(self.ask("health_check", service=service).healthy)

    def effects(self) -> list[tuple[str, str]]:
        return [(effect.operation, effect.target) for effect in self.estate.effects()]
