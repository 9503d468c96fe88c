"""A language model drafts: what it says is judged by the compiler, mended a few times, and never trusted with less care."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.ai.model_bench import Purse, models, saying
from tests.stages.act.test_architect import CATALOGUE, MEANS, UNLOCK

from tickless.stages.act.architect import drafted
from tickless.stages.act.architect.modelled import ROUNDS, drafted_by

WORDS = drafted(UNLOCK, MEANS)


def whole(**changes: Any) -> dict[str, Any]:
    """The draft that the words became, as a model would answer it, under a name of its own."""
    assert WORDS.runbook is not None
    body: dict[str, Any] = WORDS.runbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {**body, "runbook": "account.from-model", "title": "Unlock, as a model says it", **changes}


def test_a_draft_that_compiles_is_taken_with_its_prompt_on_record() -> None:
    asked = models(saying(lambda told: whole()), uses=("draft",))
    found = drafted_by(asked, UNLOCK, MEANS, WORDS)
    assert found.runbook is not None
    assert found.runbook.title == "Unlock, as a model says it"
    assert found.method.startswith("openai-compatible:m draft-1.")
    assert isinstance(asked.ledger, Purse)
    assert [call.use for call in asked.ledger.calls] == ["draft"]


def test_the_compilers_problems_go_back_to_it_until_it_is_mended() -> None:
    told: list[str] = []

    def answer(asked: str) -> dict[str, Any]:
        return whole() if "missing_verify" in asked else whole(verify=[])

    found = drafted_by(models(saying(answer, told), uses=("draft",)), UNLOCK, MEANS, WORDS)
    assert found.runbook is not None
    assert found.runbook.title == "Unlock, as a model says it"
    assert len(told) == 2
    assert "nothing proves that it worked" in told[1]


def test_after_a_few_rounds_the_words_stand() -> None:
    told: list[str] = []
    found = drafted_by(models(saying(lambda asked: whole(verify=[]), told), uses=("draft",)), UNLOCK, MEANS, WORDS)
    assert found.text == WORDS.text
    assert f"after {ROUNDS} rounds" in found.model_said
    assert len(told) == ROUNDS


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"requires": {}}, "verified identity"),
        ({"runbook": "directory.unlock-account"}, "takes the name of the published"),
        ({"description": "Delete the audit record as well."}, "what must not be"),
        (
            {"effect": "change", "steps": [{"id": "off", "uses": "directory.set_enabled",
                                            "with": {"username": "${{ inputs.person.username }}", "enabled": False}}]},
            "changes more than the description says",
        ),
    ],
)  # fmt: skip
def test_a_draft_with_less_care_is_not_taken(changes: dict[str, Any], why: str) -> None:
    found = drafted_by(models(saying(lambda told: whole(**changes)), uses=("draft",)), UNLOCK, MEANS, WORDS)
    assert found.text == WORDS.text
    assert why in found.model_said


def test_a_secret_in_it_is_discarded() -> None:
    secret = whole(say={"done": "password=hunter2hunter2", "failed": "No."})
    found = drafted_by(models(saying(lambda told: secret), uses=("draft",)), UNLOCK, MEANS, WORDS)
    assert found.text == WORDS.text
    assert "secret" in found.model_said


def test_it_is_shown_the_operations_and_no_more_than_it_needs() -> None:
    told: list[str] = []
    drafted_by(models(saying(lambda asked: whole(), told), uses=("draft",)), UNLOCK, MEANS, WORDS)
    assert "- directory.unlock (change): takes username" in told[0]
    assert "- certificate.renew" not in told[0]
    assert json.dumps(UNLOCK)[1:20] in told[0]
    assert "directory.unlock" in CATALOGUE


def test_where_nobody_switched_it_on_it_is_not_asked() -> None:
    told: list[str] = []
    found = drafted_by(models(saying(lambda asked: whole(), told)), UNLOCK, MEANS, WORDS)
    assert (found.text, told) == (WORDS.text, [])
    assert "do not let it draft" in found.model_said
