"""Sentences that speak to the machine instead of saying what is wrong: named, taken out, never followed. Pure."""

from __future__ import annotations

import re

_COMMANDS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|your|"
    r"the)\b[^.\n]{0,30}"
    r"\b(?:instructions?|rules?|polic(?:y|ies)|prompts?|guidelines|restrictions|approvals?|guardrails|training|checks?)\b"
    r"|\b(?:you are|act|behave|pretend|respond) (?:now |as if you were |to be |as )(?:an? )?(?:unrestricted|"
    r"admin\w*|root|dan\b|developer mode|"
    r"system|different|new|jailbroken|superuser|evil|my)\w*"
    r"|\b(?:new|updated|real) (?:system )?(?:instructions?|prompt|rules)\b ?:"
    r"|(?:^|\n)\W{0,3}(?:system|assistant|developer)\s*(?:prompt|message|override)?\s*:"
    r"|<\/?\s*(?:system|assistant|user|instructions?|im_start|im_end|tool|function)\b[^>]*>|<\|[^|>]{2,30}\|>|\[/?INST\]"
    r"|\b(?:developer|debug|god|maintenance|sudo|admin) mode\b|\bjailbreak\b|\bprompt injection\b"
    r"|\b(?:reveal|print|show|repeat|output)\b[^.\n]{0,20}\b(?:system prompt|your (?:prompt|instructions|rules))\b"
    r"|\b(?:mark|set|treat|consider) (?:this|it|me|my \w+) (?:as )?(?:pre-?approved|approved|verified|"
    r"authori[sz]ed|trusted)\b"
    r"|\b(?:turn off|disable|switch off|deactivate|remove)\b[^.\n]{0,20}\b(?:approvals?|polic(?:y|ies)|"
    r"verification|step[- ]?up|mfa check|logging|audit\w*|guardrails?|kill switch)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?\n]+|$)")
_JOINT = re.compile(r"(,|;|\band\b|\bthen\b|\balso\b)", re.IGNORECASE)
_ADMIN = re.compile(
    r"\b(?:(?:local|domain|global|full|temporary|enterprise|super) )?(?:admin(?:istrator)?|root|super ?user|sudo)"
    r"(?:'s)? (?:rights?|access|permissions?|privileges?|role|group)\b"
    r"|\b(?:grant|give|make|assign|get|add|promote|turn|set|need|want)\b(?: \w+){0,3}? (?:me|us|myself|him|her|"
    r"them|my account|my user)? ?"
    r"(?:(?:as|to|into|be|become) )?(?:(?:an?|the|local|domain|global|full) )*(?:admin(?:istrator)?|root|"
    r"super ?user|sudo)s?\b(?! (?:password|account|guide|team|page|desk))"
    r"|\b(?:domain|enterprise|global) admins?\b|\bunrestricted access\b|\baccess to everything\b",
    re.IGNORECASE,
)
WANTS_ADMIN = "asks for administrator's rights"
"""Evidence of a finding that is out of scope for that reason."""


def commands_in(text: str) -> bool:
    """Something in it speaks to the machine: to its rules, its role or its safeguards."""
    return bool(_COMMANDS.search(text))


def without_commands(text: str) -> str:
    """The text with such parts replaced by blanks of the same length: what is left may hold a true need."""
    if not commands_in(text):
        return text
    out = ""
    for sentence in _SENTENCE.findall(text):
        out += "".join(_blank(part) if commands_in(part) else part for part in _JOINT.split(sentence))
    return out if not commands_in(out) else _COMMANDS.sub(lambda found: _blank(found.group()), out)


def asks_admin(text: str) -> bool:
    """It asks for administrator's rights, which nobody is given in a chat."""
    return bool(_ADMIN.search(text))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
