"""A new runbook with five examples and nothing else is reachable, whatever its need is called."""

import pytest
from tests.stages.understand.conftest import GAZETTEER, NOW, message

from tickless.ai import build_brain
from tickless.stages.understand import DialogueContext, Understanding, kinds_of

FIVE = (
    "my badge does not open the door",
    "the door reader rejects my badge",
    "I can't get into the building with my card",
    "my access card stopped working at the turnstile",
    "badge not recognised at the entrance",
)


@pytest.fixture(scope="module")
def told(runbooks):
    model = next(one for one in runbooks if one.kind == "incident")
    serves = model.serves.model_copy(update={"intents": ("badge_trouble",), "says": FIVE, "alerts": None})
    added = [*runbooks, model.model_copy(update={"runbook": "door.badge", "serves": serves})]
    return Understanding(build_brain(added), GAZETTEER, kinds=kinds_of(added))


@pytest.mark.parametrize(
    "text",
    [
        "my badge doesn't open the door any more",
        "the reader at the door rejects my badge since yesterday",
        "my card is not recognised at the entrance",
        "can't get into the building with my badge",
    ],
)
def test_what_was_not_taught_word_for_word_is_understood(told, text):
    (finding,) = told.understand(message(text), context=DialogueContext(writer="p001"), now=NOW)
    assert (finding.need, finding.kind) == ("badge_trouble", "incident")


def test_it_stands_beside_other_needs(told):
    text = "I'm locked out, and the door reader rejects my badge"
    findings = told.understand(message(text), context=DialogueContext(writer="p001"), now=NOW)
    assert [one.need for one in findings] == ["account_unlock", "badge_trouble"]
