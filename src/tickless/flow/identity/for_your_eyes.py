"""Secrets: said only where nobody but their person reads, behind a link that opens once. In the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.card import SecretCard, store_card
from tickless.domain.case import Case
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.stages.act.vault import Vault


def say_secret(
    tx: Tx, vault: Vault, case: Case, *, link: str, person: str | None, text: str, key: str, at: dt.datetime
) -> None:
    """Give the link to its person; whoever asked for it for somebody else, or where others read, hears that it went there."""
    thread = tx.threads.get(case.conversation or "")
    theirs = person is None or person in {case.speaker, case.requester}
    place = case.conversation if theirs else personal(person or "")
    if (
        thread is not None and theirs and case.assurance == "step_up"
    ):  # they may have no session: they have just proved it
        link = f"{link}?pass={vault.pass_for(link.rpartition('/')[2])}"
    card = store_card(SecretCard(href=link))
    say(tx, conversation=place, case=case, text=text, key=key, at=at, card=card, private=True)
    if place != case.conversation or (thread is not None and not thread.private):
        told = phrases.SENT_PRIVATELY if theirs else phrases.SENT_TO_THEM
        say(tx, conversation=case.conversation, case=case, text=told, key=f"{key}:aside", at=at)
