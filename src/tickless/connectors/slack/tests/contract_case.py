"""Slack over a local workspace."""

from collections.abc import Iterator
from contextlib import contextmanager

from tickless.sdk.testing import ContractCase, World, http_faults
from tickless.sdk.testing.slack import BOT_TOKEN, FakeSlack, slack_server

ADA = "U0ADA"


def at(url: str) -> World:
    return World({"bot_token": "env:BOT", "base_url": f"{url}/api/"}, {"BOT": BOT_TOKEN})


@contextmanager
def workspace() -> Iterator[World]:
    """Ada has a direct conversation with the bot, in which something was said."""
    slack = FakeSlack(
        members={ADA: ("Ada Byron", "ada@larkmoor.example"), "U0TOM": ("Tom Moor", "tom@larkmoor.example")}
    )
    with slack_server(slack) as running:
        slack.write(ADA, "hello")
        said = {**slack.channels["D0ADA"][0], "user": "U0TICKLESS", "bot_id": "B0TICKLESS", "ts": "1772443800.000200"}
        slack.channels["D0ADA"].append(said)
        world = at(running.url)
        yield World(
            world.settings,
            world.secrets,
            look=lambda: {name: [one["text"] for one in said] for name, said in slack.channels.items()},
        )


SAY = {"address": {"channel": "D0ADA", "direct": ADA}, "text": "Your account is unlocked."}
OVER = {"address": SAY["address"], "external": "D0ADA:1772443800.000200", "text": "Which laptop?", "note": "Answered"}
CASES = [
    ContractCase("post", workspace, SAY, changes=True, faults=http_faults(at)),
    ContractCase("post", workspace, {**SAY, "address": {"direct": "U0TOM"}}, changes=True, name="direct"),
    ContractCase("update", workspace, OVER, changes=True, faults=http_faults(at)),
    ContractCase(
        "open_direct", workspace, {"user": "U0TOM"}, changes=True, expect={"channel": "D0TOM"}, faults=http_faults(at)
    ),
    ContractCase("me", workspace, expect={"team": "Larkmoor", "user_id": "U0TICKLESS"}, faults=http_faults(at)),
    ContractCase(
        "user",
        workspace,
        {"user": ADA},
        expect={"email": "ada@larkmoor.example", "member": True},
        faults=http_faults(at),
    ),
]
