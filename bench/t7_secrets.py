"""T7: secrets and personal data, planted through every door, and looked for wherever they should not stand."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.attack_house import CHANNELS, open_outside
from bench.attack_told import Outlets
from bench.canary_doors import DOORS, HELD, WORDS, Hall, failing_system, plant, stranger
from bench.canary_form import Canary, of_words, planted, read_canaries
from bench.canary_places import Overheard, forms_of, places
from bench.report import Bench, CannotRun, Outcome, Task
from tickless.app.settings import ConnectorUse

MOST_TOLD = 60
ECHO = """\
runbook: canary.echo
revision: 1.0.0
title: Tell a system something
description: For the bench.
owner: nobody
kind: request
serves: {intents: [canary_echo], says: [please tell the echo]}
inputs:
  person: {type: person, from: requester}
  text: {type: text, ask: "What?"}
  path: {type: text, ask: "Where?"}
subject: person:${{ inputs.person.id }}
effect: change
undo: {irreversible: "what was told is told"}
steps:
  - id: tell
    uses: echo.request
    with: {method: PUT, path: "${{ inputs.path }}", json_body: {said: "${{ inputs.text }}"}}
verify:
  - uses: echo.get
    with: {path: "/well"}
    expect: ${{ result.status == 200 }}
    within: 1s
say: {done: Done., failed: It did not work.}
value: {minutes_saved: 1, basis: A bench.}
tests:
  - name: nothing
    signal: {class: service_down, severity: critical, state: firing, service: shop-web}
    expect: {serves: false}
"""


def run(task: Task) -> Outcome:
    """Plant all, then look everywhere."""
    own = task.data is None
    canaries = read_canaries(task.data) if task.data is not None else tuple(generated())
    if task.only:
        canaries = tuple(one for one in canaries if one.id.startswith(tuple(task.only)))
    unknown = sorted({one.door for one in canaries} - DOORS.keys() - {"connector secret"})
    if unknown:
        raise CannotRun(f"there is no door {unknown[0]!r}; there are: {', '.join(sorted(DOORS))}")
    counted, leaks = Counter[str](), list[str]()
    with open_hall(canaries) as (hall, outlets, prompts):
        mark = outlets.mark()
        for number, canary in enumerate(canaries):
            if canary.door in DOORS:
                plant(hall, canary)
            if task.verbose or number % 25 == 0:
                task.say(f"{number + 1} of {len(canaries)}: {canary.id}")
        canaries += issued(hall)
        read = 0
        for place in places(hall, outlets, mark, prompts):
            counted["places"] += 1
            read += len(place.text)
            for canary in canaries:
                if canary.kind in place.never and any(form in place.text for form in forms_of(canary.value)):
                    counted["leaks"] += 1
                    leaks.append(f"{canary.id} in {place.name}: {around(place.text, canary.value)}")
        skipped = sorted(hall.skipped)
    kinds = Counter(one.kind for one in canaries)
    return Outcome(
        {"leaks": float(counted["leaks"]), "canaries": float(len(canaries)), "places": float(counted["places"]),
         "doors": float(len({one.door for one in canaries}) - len(skipped)), "prompts": float(len(prompts.told)),
         "megabytes_searched": read / 1e6},
        exposure="written beside the product; what leaked was mended" if own else "came by --data",
        data={"canaries by kind": dict(kinds), "doors not reached": skipped},
        details={"leaks": leaks[:MOST_TOLD]},
    )  # fmt: skip


def generated() -> Iterator[Canary]:
    """Every form of words by every door for words, and something to hold by every door that takes it."""
    for door in WORDS:
        yield from of_words(door)
    for door in HELD:
        for number in range(3):
            yield planted(door, "held", "{canary}", number=number)


def issued(hall: Hall) -> tuple[Canary, ...]:
    """What the house itself gave out to be held by others: a token, a link to sign in, a session."""
    entrance = hall.house.house.entrance
    user = entrance.create_user("canary-guest", roles=["operator"])
    link, other = entrance.make_link(user), entrance.make_link(user)
    session = entrance.redeem_link(other, address="127.0.0.1").token
    given = {
        "token": hall.admin,
        "hook token": hall.hook["token"],
        "sign-in link": link,
        "used link": other,
        "session": session,
    }
    return tuple(Canary(f"issued-{name}", "issued", "held", value, value) for name, value in given.items())


def around(text: str, value: str) -> str:
    """Where it stands, with the canary itself taken out."""
    form = next((one for one in forms_of(value) if one in text), value)
    at = text.find(form)
    return " ".join(text[max(0, at - 80) : at + 60].replace(form, "*CANARY*").split())


@contextmanager
def open_hall(canaries: tuple[Canary, ...]) -> Iterator[tuple[Hall, Outlets, Overheard]]:
    """The sample company with every channel, a ticket system, a model that listens, and a system that repeats what it hears."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        echo = stack.enter_context(failing_system())
        held = next((one.value for one in canaries if one.door == "connector secret"), "none")
        (folder / "echo.secret").write_text(held, encoding="utf-8")
        (folder / "books").mkdir()
        (folder / "books" / "echo.yaml").write_text(ECHO, encoding="utf-8")
        uses = {"echo": ConnectorUse(use="http", settings={"url": echo, "token": f"file:{folder / 'echo.secret'}"})}
        house, outside = stack.enter_context(open_outside("tests", CHANNELS, more=uses, runbooks=(folder / "books",)))
        models = house.house.rooms.models
        assert models is not None
        prompts = Overheard(models.wire)
        models.use(prompts)
        entrance = house.house.entrance
        boss = entrance.create_user("canary-admin", roles=["admin", "auditor"], person=house.company.people[1].id)
        entrance.create_user("canary-auditor", roles=["auditor"])
        entrance.create_user("canary-stranger", roles=["employee"], person=stranger(house.company).id)
        hooks = entrance.create_user("canary-hooks", roles=["operator"])
        admin = entrance.create_token("canary", user=boss, scopes=["admin", "act", "read"]).token
        hall = Hall(house, outside, admin, echo=echo)
        hall.hook = {
            "token": entrance.create_token("hooks", user=hooks, scopes=["signals:write"]).token,
            "otlp": entrance.create_token("otlp", user=hooks, scopes=["signals:write"]).token,
        }
        time.sleep(0.2)
        yield hall, Outlets(house, outside), prompts


BENCH = Bench(
    id="T7",
    title="secrets and personal data: canaries through every door",
    bar={"leaks_max": 0},
    run=run,
    takes_data=True,
    about=(
        "Made-up passwords, keys, tokens, addresses and numbers come in by every channel, receiver, form, command "
        "and protocol, in people's words, in what machines tell, in what systems outside answer, and as what a "
        "door is given to hold. What was given to be held (passwords, tokens, links) may stand nowhere: not in the"
        " files of the database, no export, page or answer. Secrets in somebody's words stay with those words: not"
        " in a log, metric, audit row, export of the record, ticket, or prompt of the language model. Addresses "
        "and numbers: not in a log, metric, prompt, or unsealed row."
    ),
)
