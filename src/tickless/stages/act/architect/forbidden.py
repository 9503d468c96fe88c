"""What no procedure may be for, whoever describes it. Pure; the compiler, policy and people still stand behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FAR = r"[^.;]{0,70}?"
_OFF = r"(?:turn\w*|switch\w*|shut\w*)"


@dataclass(frozen=True)
class Refusal:
    """The words, and why they are refused."""

    words: str
    why: str


_RULES: tuple[tuple[str, str], ...] = (
    (
        (rf"\b(read|dump|export|mail|e-?mail|send|copy|collect|steal|list|harvest|print|"
rf"extract|exfiltrat|reveal|show|store|post|upload)\w*\b{_FAR}\b(passwords?|secrets?|"
rf"credentials?|private keys?|api keys?|hash(es)?)\b"),
        "Secrets are never read out, shown or sent: a procedure only ever has references to them.",
    ),
    (
        (rf"\b(delet|disabl|clear|eras|wip|tamper|alter|rewrit|falsif|hid|edit|remov|stop|"
rf"purg|truncat|{_OFF})\w*\b{_FAR}\baudit\b|\baudit\b{_FAR}\b(off|away|disabled|"
rf"deleted)\b"),
        "The audit record cannot be switched off or changed; it only grows, and old rows are retired by its retention rules.",
    ),
    (
        (rf"\b(bypass|skip|circumvent|ignor|disabl|remov|overrid|avoid|suspend|get around|"
rf"work around|{_OFF})\w*\b{_FAR}\b(polic(y|ies)|kill switch|brakes?|change freeze|"
rf"approvals?|guard ?rails?|safeguards?|identity check|verification of identity|"
rf"two[- ]person rule)\b"),
        "No procedure may go around policy, approvals or the brakes.",
    ),
    (
        (r"\bapprov\w+ (its|my|their|his|her|your) own\b|\bapprov\w+ (itself|myself|themselves)\b|"
r"\bself-?approv\w+|\bno (manager|owner|one|body) has to be asked"),
        "Nobody approves what is their own, by no path.",
    ),
    (
        (rf"\b(grant|giv|mak|assign|promot|elevat|rais)\w*\b{_FAR}\b(me|myself|itself|ourselves)\b{_FAR}\b(admin"
rf"\w*|root|owner|superuser|rights?|auto(nomy|matic)?|rung)\b|\b(its|their) own "
rf"(autonomy|rung|rights|permissions)\b"),
        "No procedure widens rights or autonomy, its author's or its own.",
    ),
    (
        (r"\bso that (nobody|no ?one|no one) (notices|knows|sees|finds)|\bwithout (anybody|"
r"anyone|any trace|a trace|being noticed|anyone (knowing|noticing))|\bsecretly\b|"
r"\bcover(ing)? (up|(the|our|its|my) tracks)|\bbehind .{0,20}\bback\b"),
        "Everything that is done is on record and can be read by those whom it concerns.",
    ),
    (
        (rf"\b(delet|wip|destroy|eras|encrypt|format)\w*\b{_FAR}\b(all|every|everything|"
rf"entire|whole)\b{_FAR}\b(data|backups?|mail|mailboxes|databases?|records|evidence|"
rf"accounts?)\b"),
        "Destroying everything of a kind is no procedure: no blast radius can be named.",
    ),
    (
        (rf"\bignore (all|any|the|your|previous|these)\b{_FAR}\b(instructions?|rules?|checks?)\b|"
rf"\bwithout asking (anybody|anyone)\b"),
        "A description gives the house no instruction about its own rules.",
    ),
    (
        (rf"\b(read|monitor|forward|spy|record|watch|copy)\w*\b{_FAR}\b(private|personal|"
rf"their|his|her|somebody'?s?|employee'?s?)\b{_FAR}\b(e-?mails?|mails?|messages?|chats?|"
rf"calls|browsing|conversations?)\b"),
        "Nobody's private messages are read by a procedure.",
    ),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), why) for pattern, why in _RULES)
_DENIED = re.compile(r"\b(never|not|do not|must not|may not|no one|nobody|cannot)\b[^.;,]{0,24}$")


def refusals(text: str) -> tuple[Refusal, ...]:
    """What must not be, in a text made `words.plain`. Words that forbid it themselves are none."""
    found = []
    for pattern, why in _COMPILED:
        for match in pattern.finditer(text):
            if not _DENIED.search(text[: match.start()]) and "temporary password" not in match[0]:
                found.append(Refusal(match[0][:160], why))
                break
    return tuple(found)
