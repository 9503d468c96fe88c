"""A house with a real, very small model behind a real server: it is asked over the wire, and nothing it says does any harm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.servers.xllamacpp import ModelServer
from tests.story.conftest import PACE
from tests.waiting import until

from tickless.ai.models import ModelSettings

pytestmark = pytest.mark.server("xllamacpp")
KEY = "TICKLESS_TEST_MODEL_KEY"
SLOW = 600.0
"""A model on two shared cores writes a word a second at worst: longer than anything else is waited for."""
NO_FORM = "its answer has not the right form"
"""So small a model may lose itself before the end of its answer: that is its own affair."""


def test_a_message_is_read_and_a_case_summed_up_by_a_real_model(
    make_stage: Callable[..., Any], model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, model_server.key)
    settings = ModelSettings(provider="openai-compatible", name=model_server.name, base_url=model_server.url, key=f"env:{KEY}",
                             timeout_seconds=300)  # fmt: skip
    with make_stage(model=settings, pace=PACE.model_copy(update={"tickets": 0.2})) as stage:

        def calls(use: str) -> list[dict[str, Any]]:
            with stage.house.journal.read() as tx:
                rows = tx.audit.rows(after=0, limit=10_000)
            return [dict(row.detail) for row in rows if row.action == "model.asked" and row.detail["use"] == use]

        talk = stage.talk(stage.cast.draw()).say("gribbet flonk, the wobbly snood on my desk has gone purple")
        until(lambda: talk.told() or stage.cases(conversation=talk.conversation), patience=SLOW)
        (asked,) = calls("understand")
        assert asked["received"] > 0 or asked["reason"] == NO_FORM, asked
        assert all(case.kind != "request" for case in stage.cases(conversation=talk.conversation))
        with stage.house.journal.read() as tx:
            assert tx.held.count() == 0
        case = stage.talk(stage.cast.draw()).say("my screen flickers since lunch").case()
        if case.live:
            asyncio.run(stage.house.desk.close(case.id, by="op", how="hand_off", reason="I look at it"))

        def kept() -> list[str]:
            with stage.house.journal.read() as tx:
                return [one.text or one.why for one in tx.summaries.by(case=case.id) if one.text or one.why]

        until(kept, patience=SLOW)
        (summed,) = calls("summarise")
        assert summed["received"] > 0 or summed["reason"] == NO_FORM, summed
        check = next(one for one in stage.house.desk.doctor() if one.check == "language model")
        assert check.ok or NO_FORM in check.detail, check
        assert f"openai-compatible:{model_server.name} for understand, compose, summarise" in check.detail
