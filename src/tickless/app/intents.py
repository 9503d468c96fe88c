"""What the language brain confuses, measured in the background whenever what it was taught changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tickless.ai import Brain, Example
from tickless.stages.understand.intents import IntentReport, confusion


class IntentsCache:
    """`brain`: the one that reads now. `teach`: examples → a brain of the same kind."""

    def __init__(self, brain: Callable[[], Brain], teach: Callable[[Sequence[Example]], Brain]) -> None:
        self._brain = brain
        self._teach = teach
        self._lock = threading.Lock()
        self._measured = ""
        self._measuring = ""
        self._report: IntentReport | None = None

    def report(self) -> IntentReport | None:
        """The newest report; None while the first is being measured. Asking begins the measuring if it is due."""
        brain = self._brain()
        with self._lock:
            if brain.version not in {self._measured, self._measuring}:
                self._measuring = brain.version
                threading.Thread(target=self._measure, args=(brain,), name="intents", daemon=True).start()
            return self._report

    def _measure(self, brain: Brain) -> None:
        report = confusion(brain.examples, self._teach)
        with self._lock:
            self._report, self._measured = report, brain.version
