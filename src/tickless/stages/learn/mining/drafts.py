"""A first draft of what an opportunity needs: a runbook, an article, or a problem record. Pure; made of counted words and the
tickets'
own titles, for a person to finish. Nothing takes effect by it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tickless.domain.opportunity import Opportunity
from tickless.domain.record import Untrusted
from tickless.practices.knowledge.of_tickets import WhatHelped, listed

SAYS = 8
_LINE = 110
UNTOLD = WhatHelped()


def draft_of(opportunity: Opportunity, titles: Sequence[str], helped: WhatHelped = UNTOLD) -> str:
    """The text of the draft: YAML for a runbook, Markdown for the others. `titles`: of tickets in its middle; `helped`: what
    its tickets say of how they were resolved, for an article."""
    said = _said(opportunity, titles)
    if opportunity.draft == "article":
        return _article(opportunity, said, helped)
    return _runbook(opportunity, said) if opportunity.draft == "runbook" else _problem(opportunity, said)


def runbook_id(opportunity: Opportunity) -> str:
    """An id out of its name; what is no letter of the alphabet or digit goes."""
    words = re.findall(r"[a-z0-9]+", opportunity.name.lower())[:4]
    return "mined." + ("-".join(words) if words and words[0][0].isalpha() else f"need-{opportunity.id[-6:].lower()}")


def _said(opportunity: Opportunity, titles: Sequence[str]) -> list[str]:
    found = [line for title in titles if len(line := Untrusted(title).tame(_LINE)) > 3]
    return list(dict.fromkeys(found))[:SAYS] or [opportunity.name]


def _facts(opportunity: Opportunity) -> list[str]:
    facts = [f"{opportunity.volume} tickets, {opportunity.per_month:.1f} a month"]
    if opportunity.minutes is not None:
        facts.append(f"{opportunity.minutes.value:.0f} minutes each ({opportunity.basis})")
    if opportunity.determinism is not None:
        facts.append(f"{opportunity.determinism:.0%} go the usual way")
    if opportunity.hand_offs is not None:
        facts.append(f"{opportunity.hand_offs:.1f} hand-overs each")
    if opportunity.reopened is not None:
        facts.append(f"{opportunity.reopened:.0%} reopened")
    return facts


def _runbook(opportunity: Opportunity, said: Sequence[str]) -> str:
    """It hands off until somebody puts the steps in: a draft that acts would be a guess that acts."""
    identity = runbook_id(opportunity)
    need = re.sub(r"[^a-z0-9]", "_", identity)
    says = "\n".join(f"    - {json.dumps(line, ensure_ascii=False)}" for line in said)
    facts = "; ".join(_facts(opportunity))
    known = f"# {opportunity.match.id} may do this already: compare before you go on\n" if opportunity.match else ""
    minutes = opportunity.minutes.value if opportunity.minutes else 10
    return f"""# A draft out of {facts}
{known}# tickless runbook check FILE       every mistake at once, with line, reason and mend
runbook: {identity}
revision: 0.1.0
title: {json.dumps(opportunity.name, ensure_ascii=False)}
description: {json.dumps(f"Drafted from what comes again: {facts}.", ensure_ascii=False)}
owner: {json.dumps(opportunity.team or "service-desk", ensure_ascii=False)}
kind: request
serves:
  intents: [{need}]
  says:
{says}
inputs:
  person: {{type: person, from: requester, label: [username, user], ask: "Who is it for?"}}
subject: person:${{{{ inputs.person.id }}}}
effect: read
undo: steps
steps:
  - id: look
    title: Look how it stands
    uses: directory.account
    with:
      username: ${{{{ inputs.person.username }}}}
  # What has to be done, a step each, instead of the next one: uses, for_each, parallel, call, ask, approve, wait, say
  - id: people
    title: What people still do
    hand_off:
      reason: A draft without its steps
verify:
  - uses: directory.account
    with:
      username: ${{{{ inputs.person.username }}}}
    expect: ${{{{ result.exists }}}}
    within: 30s
    hold: 7d
say:
  done: It is done, and I checked.
  failed: That did not work. A colleague takes over with everything I found.
value:
  minutes_saved: {minutes:.0f}
  basis: {json.dumps(opportunity.basis or "a guess until it is measured", ensure_ascii=False)}
tests:
  - name: as people say it
    given: {{account: ok}}
    says: {json.dumps(said[0], ensure_ascii=False)}
    expect: {{need: {need}, outcome: [asked_back, needs_approval, handed_off, refused]}}
"""


def article_of(
    opportunity: Opportunity, titles: Sequence[str], helped: WhatHelped = UNTOLD
) -> tuple[str, tuple[str, ...]]:
    """The text of a drafted article in Markdown, and the questions that it answers."""
    text = f"""What people ask, most often in these words: {", ".join(opportunity.words) or opportunity.name}.

## What helps

{_helps(opportunity, helped)}

## When it does not help

Write to the service desk, with what you tried.

<!-- Drafted from {"; ".join([*_facts(opportunity), *_heard(helped)])}. -->
"""
    return text, tuple(_said(opportunity, titles))


def _helps(opportunity: Opportunity, helped: WhatHelped) -> str:
    if not helped.sentences:
        return f"What colleagues of {opportunity.team or 'the service desk'} tell people goes here, step by step."
    return f"Tickets like this were resolved so, most often first:\n\n{listed(helped.sentences)}"


def _heard(helped: WhatHelped) -> list[str]:
    """How often each of the sentences was written, for whoever mends the draft."""
    counts = ", ".join(str(one.tickets) for one in helped.sentences)
    return [f"what helped stands in {counts} of {helped.told} tickets that say it"] if counts else []


def _article(opportunity: Opportunity, said: Sequence[str], helped: WhatHelped) -> str:
    text, asked = article_of(opportunity, said, helped)
    questions = "\n".join(f"  - {json.dumps(line, ensure_ascii=False)}" for line in asked)
    return f"""---
title: {json.dumps(opportunity.name, ensure_ascii=False)}
state: draft
questions:
{questions}
---

# {opportunity.name}

{text}"""


def _problem(opportunity: Opportunity, said: Sequence[str]) -> str:
    examples = "\n".join(f"- {line}" for line in said)
    return f"""# Problem: {opportunity.name}

**Why it is worth looking at.** {"; ".join(_facts(opportunity))}. Worth about {
        opportunity.value.value:.1f} hours a month
({opportunity.value.low:.1f} to {opportunity.value.high:.1f}).

**Where it shows.** {
        " / ".join(part for part in (opportunity.category, opportunity.service, opportunity.team) if part) or "not said"
    }

**As people describe it**

{examples}

**What is known of the cause.** Nothing yet.

**Workaround.** None yet: with one it becomes a known error, which people are offered at once.

**Outcome to be measured.** Fewer than {opportunity.per_month:.0f} a month; {opportunity.draft_why}.
"""
