"""Record and replay: a file with one JSON line an answer, found by the hash of its request."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tickless.ai.models.looking_up import Looked, Reach
from tickless.ai.models.wire import Answer, ModelFailed, Request, Wire
from tickless.domain.errors import BadInput, NotFound


class Replay:
    """Answers from a recording, and from nothing else."""

    def __init__(self, path: Path) -> None:
        """Raises `BadInput` for a file that is no recording."""
        self.path = path
        self._answers = _read(path)

    def ask(self, request: Request, *, seconds: float, reach: Reach | None = None) -> Answer:
        """Nothing is looked up again. Raises `NotFound` for a request that is not in the recording."""
        found = self._answers.get(request.hash)
        if found is None:
            raise NotFound(
                f"the recording {self.path.name} has no answer to this request ({request.prompt}, {request.model})",
                detail=request.hash,
                mend="record it with the same prompt, model and text",
            )
        return found


class Recorder:
    """Asks a wire, and writes down what it answers; what was asked before is answered as it was then."""

    def __init__(self, wire: Wire, path: Path) -> None:
        self._wire = wire
        self._path = path
        self._answers = _read(path) if path.is_file() else {}
        self._lock = threading.Lock()

    def ask(self, request: Request, *, seconds: float, reach: Reach | None = None) -> Answer:
        known = self._answers.get(request.hash)
        if known is not None:
            return Answer(known.output, looked=known.looked)
        answer = self._wire.ask(request, seconds=seconds, reach=reach)
        row: dict[str, Any] = {
            "request": request.hash, "prompt": request.prompt, "model": request.model, "output": answer.output,
            "sent": answer.sent, "received": answer.received,
        }  # fmt: skip
        if answer.looked:
            row["looked"] = [asdict(one) for one in answer.looked]
        with self._lock:
            self._write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            return self._answers.setdefault(request.hash, answer)

    def _write(self, line: str) -> None:
        """An answer that could not come again is none."""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise ModelFailed("its answer could not be recorded", detail=str(error)) from error


def _read(path: Path) -> dict[str, Answer]:
    """The first answer to a request counts; a last line that was cut off by a crash does not."""
    found: dict[str, Answer] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadInput(f"the recording {path} cannot be read") from error
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            looked = tuple(Looked(**one) for one in row.get("looked", ()))
            answer = Answer(dict(row["output"]), int(row["sent"]), int(row["received"]), looked)
            found.setdefault(row["request"], answer)
        except (ValueError, KeyError, TypeError) as error:
            if number < len(lines):
                raise BadInput(f"line {number} of the recording {path} is no answer") from error
    return found
