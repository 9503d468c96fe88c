"""What is wrong with a model's settings is said before anything is asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from tests.ai.model_bench import LABELS, models, settings_of

from tickless.ai.models import Answer, LiveWire, ModelSettings, Reach, Recorder, Request, live_wire
from tickless.app.settings import read_settings
from tickless.domain.errors import SettingsInvalid


def test_no_model_is_asked_unless_one_is_named(tmp_path: Path) -> None:
    assert not read_settings(tmp_path).model.on


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"provider": "ollama"}, "name the model"),
        ({"provider": "openai-compatible", "name": "m"}, "where the server is"),
        ({"provider": "ollama", "name": "m", "key": "sk-123456789"}, "model.key"),
        ({"provider": "ollama", "name": "m", "base_url": "http://me:secret@host/v1"}, "model.base_url"),
    ],
)
def test_wrong_settings_are_explained_without_their_values(tmp_path: Path, given: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsInvalid) as found:
        read_settings(tmp_path, model=given)
    assert why in found.value.public
    assert "sk-1" not in found.value.public
    assert "secret" not in found.value.public.replace("a secret", "")


def test_without_the_packages_one_is_told_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    with pytest.raises(SettingsInvalid) as found:
        live_wire(settings_of(), lambda: None)
    assert "tickless[llm]" in found.value.mend


def test_a_key_that_is_missing_or_cannot_be_sent_is_a_failure_like_any_other() -> None:
    def missing() -> str:
        raise SettingsInvalid("there is no secret behind env:KEY")

    settings = settings_of(provider="anthropic", base_url="http://127.0.0.1:9")
    assert "env:KEY" in models(LiveWire(settings, missing)).understand("x", LABELS).reason
    odd = models(LiveWire(settings_of(), lambda: "ключ")).understand("x", LABELS)
    assert odd.value is None
    assert "ключ" not in odd.reason


def test_an_answer_that_cannot_be_recorded_is_none(tmp_path: Path) -> None:
    class Good:
        def ask(self, request: Request, *, seconds: float, reach: Reach | None = None) -> Answer:
            return Answer({"needs": []})

    heard = models(Recorder(Good(), tmp_path / "no such folder" / "answers")).understand("x", LABELS)
    assert heard.reason == "its answer could not be recorded"


def test_a_model_is_named_by_its_provider() -> None:
    assert ModelSettings(provider="ollama", name="qwen3").label == "ollama:qwen3"
