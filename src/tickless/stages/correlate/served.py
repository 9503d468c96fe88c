"""Which classes of alerts have a runbook of their own: such an alert keeps its case, whatever else it could be a symptom of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tickless.domain.runbook import Runbook

_LITERAL = re.compile(r"""["']([a-z][a-z0-9_]*)["']""")


class Served:
    """Classes that the runbooks' conditions on alerts name, read again only when the runbooks change."""

    def __init__(self, runbooks: Callable[[], Mapping[str, Runbook]]) -> None:
        self._runbooks = runbooks
        self._read: Mapping[str, Runbook] | None = None
        self._classes: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        held = self._runbooks()
        if held is not self._read:
            said = (runbook.serves.alerts or "" for runbook in held.values())
            self._classes = frozenset(name for text in said for name in _LITERAL.findall(text))
            self._read = held
        return self._classes
