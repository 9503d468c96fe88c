"""Who drafts beside the words: a model that slips and mends, one that takes less care than it was told to, and a real one.

The first two answer over the real wire with what the words became, spoilt: they measure the loop and its judge, not a model's
skill. A real one is named by its address (`http://127.0.0.1:8080/v1#name`); its key stands in `BENCH_MODEL_KEY`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.report import CannotRun
from tickless.ai.models import LiveWire, ModelCall, Models, ModelSettings
from tickless.kit.clock import SystemClock
from tickless.stages.act.architect.describing import Drafted

if TYPE_CHECKING:
    from pydantic_ai.models import Model

Answer = Callable[[dict[str, Any], str], dict[str, Any]]
"""(what the words became, what the model was told) → what it says."""
KEY = "BENCH_MODEL_KEY"
AWAY = "http://127.0.0.1:9/v1"


@dataclass
class Purse:
    """No limit; counts the calls."""

    calls: list[ModelCall] = field(default_factory=list)

    def reserve(self, day: dt.date, tokens: int, *, limit: int) -> bool:
        return True

    def settle(self, day: dt.date, reserved: int, call: ModelCall) -> None:
        self.calls.append(call)

    def spent(self, day: dt.date) -> int:
        return 0


@dataclass
class Mind:
    """One that drafts. `purse` has what it was asked."""

    name: str
    about: str
    purse: Purse
    models: Models
    begin: Callable[[Drafted], None]


def minds_for(names: Iterable[str]) -> list[Mind]:
    """Raises `CannotRun` for a name that is none."""
    wanted = [one for name in names for one in (("mending", "careless") if name == "all" else (name,))]
    return [_mind(one) for one in wanted]


def _mind(name: str) -> Mind:
    purse = Purse()
    if name.startswith("http"):
        url, _, model = name.partition("#")
        key = f"env:{KEY}" if os.environ.get(KEY) else None
        settings = _settings(base_url=url, name=model or "model", key=key, timeout_seconds=120)
        about = f"{settings.name} behind its own server"
        return Mind("model", about, purse, _models(settings, purse, None), lambda _: None)
    known: dict[str, tuple[str, Answer]] = {
        "mending": ("what the words became with slips in it, mended when the compiler names them", _mending),
        "careless": ("what the words became without its approvals and proofs of identity, doing more", _careless),
    }
    if name not in known:
        raise CannotRun(f"--model takes mending, careless, all, or http://…/v1#name, not {name}")
    about, answer = known[name]
    said: dict[str, Any] = {}

    def begin(words: Drafted) -> None:
        said.clear()
        if words.runbook is not None:
            said.update(words.runbook.model_dump(mode="json", by_alias=True, exclude_defaults=True))

    wire = _function(lambda told: answer(json.loads(json.dumps(said)), told) if said else {})
    return Mind(name, about, purse, _models(_settings(base_url=AWAY, name=name), purse, wire), begin)


def _mending(draft: dict[str, Any], told: str) -> dict[str, Any]:
    """At first without its undo and with a field that no probe has; each is mended when it was named."""
    if "expect" in str(draft.get("verify")) and "does not exist" not in told:
        draft["verify"][0]["expect"] = re.sub(r"result\.\w+", "result.alright", draft["verify"][0]["expect"])
    if "nothing takes it back" not in told:
        for step in draft["steps"]:
            step.pop("undo", None)
    return draft


def _careless(draft: dict[str, Any], told: str) -> dict[str, Any]:
    draft.pop("approval", None)
    draft.pop("requires", None)
    draft["steps"] = [one for one in draft["steps"] if "approve" not in one]
    return draft


def _settings(**given: Any) -> ModelSettings:
    return ModelSettings(provider="openai-compatible", uses=("draft",), budget_per_day=10**12, **given)


def _models(settings: ModelSettings, purse: Purse, model: Model | None) -> Models:
    wire = LiveWire(settings, lambda: os.environ.get(KEY), model=model)
    return Models(settings, wire=wire, ledger=purse, clock=SystemClock())


def _function(answer: Callable[[str], dict[str, Any]]) -> Model:
    from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        told = "\n".join(str(part.content) for one in messages for part in one.parts if hasattr(part, "content"))
        return ModelResponse(parts=[TextPart(json.dumps(answer(told)))])

    return FunctionModel(reply, profile={"supports_json_schema_output": True})
