"""What the demo remembers in its folder, so that a day that was cut off goes on where it was."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "day.json"
PARTS = ("estate", "data")


@dataclass
class DayState:
    """`started` and `done`: ids of events. `opened_links`: events whose one-time link was opened and worked."""

    folder: Path
    seed: int
    started: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    opened_links: list[str] = field(default_factory=list)
    offset: float = 0.0
    """Second of the day that was reached."""
    finished: bool = False
    cut_off: int = 0
    """How often the day was cut off and taken up again."""

    @classmethod
    def open(cls, folder: Path, *, seed: int) -> DayState:
        """Take up the day that was cut off in this folder, or begin a new one in an emptied folder."""
        try:
            kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
            state = cls(folder, **kept)
        except (OSError, ValueError, TypeError):
            state = cls(folder, seed=seed, finished=True)
        if state.finished or state.seed != seed or not (folder / "estate" / "blueprint.json").exists():
            for part in PARTS:
                shutil.rmtree(folder / part, ignore_errors=True)
            state = cls(folder, seed=seed)
        else:
            state.cut_off += 1
        state.save()
        return state

    @property
    def resumed(self) -> bool:
        return self.cut_off > 0

    def save(self) -> None:
        """Durable at once: the process may be killed at any moment."""
        kept = {name: value for name, value in asdict(self).items() if name != "folder"}
        path = self.folder / FILE
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(kept), encoding="utf-8")
        fresh.replace(path)

    def start(self, event: str, *, offset: float) -> None:
        self.offset = max(self.offset, offset)
        if event not in self.started:
            self.started.append(event)
        self.save()

    def end(self, event: str) -> None:
        if event not in self.done:
            self.done.append(event)
        self.save()

    def link_opened(self, event: str) -> None:
        if event not in self.opened_links:
            self.opened_links.append(event)
        self.save()


class DayClock:
    """Seconds of the compressed day, going on from where it was."""

    def __init__(self, offset: float) -> None:
        self._begun = time.monotonic() - offset

    def now(self) -> float:
        return time.monotonic() - self._begun


def wall(seconds: float, whole: float) -> str:
    """A second of the compressed day as the clock on the wall shows it: from eight to six."""
    minutes = int(8 * 60 + min(max(seconds / whole, 0.0), 1.0) * 600)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
