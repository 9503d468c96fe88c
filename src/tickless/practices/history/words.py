"""What ticket systems call things: names of columns, words of states, priorities, kinds. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tickless.domain.history import HistoryKind, HistoryState
from tickless.domain.history_import import HistoryField

_RESOLUTION = (
    "close notes", "close note", "resolution notes", "resolution note", "closure notes", "closure note", "closing notes",
    "closing note", "closing comment", "closing comments", "closure comment", "closure comments", "resolution comment",
    "resolution comments", "resolution details", "resolution detail", "resolution text", "resolution summary", "resolve notes",
    "resolve note", "solution", "solution description", "action taken", "actions taken")  # fmt: skip
EITHER = ("resolution", "u resolution", "cf resolution", "custom field resolution")
"""A code that a ticket was closed with, or words of how it was resolved: what stands in the column tells."""
NAMES: dict[HistoryField, tuple[str, ...]] = {
    "number": ("number", "ticket id", "ticket number", "case id", "caseid", "case number", "incident id", "incident number",
               "issue key",
               "key", "id", "ticket", "incident", "issue id", "request id", "alias", "tiny id", "tinyid", "sys id", "reference",
               "alert group id", "case"),
    "kind": ("type", "issue type", "issuetype", "ticket type", "record type", "class", "queue type", "kind", "sys class name"),
    "title": ("short description", "summary", "subject", "title", "name", "message", "headline", "document"),
    "text": ("description", "body", "details", "text", "content", "long description", "problem description"),
    "opened": ("opened at", "opened", "created", "created at", "created on", "open time", "start time", "reported at",
               "date created",
               "creation date", "started at", "started", "submitted", "submit date", "sys created on", "sys created at",
               "opened date",
               "create time"),
    "acknowledged": ("acknowledged at", "acknowledged", "acked at", "ack time", "accepted at", "ack at",
                     "seconds to first ack", "minutes to first ack", "seconds to acknowledge", "minutes to acknowledge"),
    "responded": ("responded at", "first response", "first response at", "first responded at", "response time stamp", "started",
                  "first reply at"),
    "resolved": ("resolved at", "resolved", "resolution date", "resolutiondate", "resolved on", "resolve time", "date resolved",
                 "solved at", "fixed at", "end time", "seconds to resolve", "minutes to resolve"),
    "closed": ("closed at", "closed", "close time", "closed on", "date closed", "closed date"),
    "updated": ("event time", "sys updated at", "sys updated on", "updated at", "updated", "last updated", "last updated at",
                "modified",
                "changed at", "timestamp",
                "complete timestamp", "completetimestamp", "event time", "time", "last modified", "last status change at",
                "date", "datetime"),
    "state": ("incident state", "state", "status", "activity", "activity id", "activityid", "event", "stage", "concept name",
              "incident status"),
    "priority": ("priority", "severity", "prio", "urgency level"),
    "impact": ("impact",),
    "urgency": ("urgency",),
    "category": ("category", "topic group", "topic", "queue", "component", "components", "product", "category 1", "tags",
                 "labels"),
    "subcategory": ("subcategory", "sub category", "category 2", "u symptom group"),
    "category_item": ("u symptom", "symptom", "item category", "category 3", "category item"),
    "service": ("service", "business service", "affected service", "service name", "application", "project", "team service",
                "integration"),
    "item": ("cmdb ci", "configuration item", "ci", "ci name", "asset", "host", "entity", "source"),
    "channel": ("contact type", "channel", "source channel", "reported via", "contact method", "via"),
    "location": ("location", "site", "office"),
    "team": ("assignment group", "group", "team", "assigned group", "support group", "resolver group", "owner team",
             "escalation policy", "teams"),
    "caller": ("caller id", "caller", "requester", "requestor", "requestors", "reporter", "customer", "opened for",
               "requested for",
               "contact", "user"),
    "opened_by": ("opened by", "created by", "sys created by", "creator"),
    "assignee": ("assigned to", "assignee", "owner", "agent", "resource", "assigned user", "assignments", "acknowledged by"),
    "resolved_by": ("resolved by", "closed by", "solved by"),
    "sla_due": ("sla due", "due", "due date", "due at", "duedate", "target date"),
    "sla_made": ("made sla", "sla met", "sla", "within sla", "has sla been met"),
    "knowledge_used": ("knowledge", "knowledge used", "kb used"),
    "problem": ("problem id", "problem", "related problem"),
    "change": ("rfc", "change", "change request", "related change"),
    "caused_by": ("caused by", "caused by change"),
    "known_error": ("known error", "known error id"),
    "close_code": ("closed code", "close code", "resolution", "resolution code", "closure code", "resolution category"),
    "resolution": (*_RESOLUTION, *(f"{mark} {name}" for mark in ("u", "cf", "custom field") for name in _RESOLUTION), *EITHER),
    "effort": ("time worked", "effort minutes", "minutes worked", "timeworked", "effort", "business duration minutes"),
    "rating": ("rating", "satisfaction", "csat", "customer rating", "survey score"),
    "recommend": ("recommend", "nps", "nps score", "likelihood to recommend", "would recommend"),
    "reopen_count": ("reopen count", "reopened count", "reopens", "times reopened"),
    "reassignment_count": ("reassignment count", "reassignments", "hops", "times reassigned"),
    "updates": ("sys mod count", "updates", "update count", "mod count"),
}  # fmt: skip
"""Best first: the first name that a file has is taken."""
NOTHING = frozenset(
    {
        "",
        "?",
        "-",
        "--",
        "null",
        "none",
        "n/a",
        "na",
        "nan",
        "nil",
        "not set",
        "unknown",
        "(empty)",
        "undefined",
        "unassigned",
    }
)
LONGEST_NOTHING = max(map(len, NOTHING))

_STATES: tuple[tuple[HistoryState, str], ...] = (
    ("cancelled", r"cancel|reject|withdrawn|deleted|duplicate|won.?t|abandon"),
    ("new", r"reopen"),
    ("pending", r"pend|await|wait|hold|stall|suspend|paus|snooz|blocked|customer action|user info|vendor"),
    ("resolved", r"resol|solv|fixed|recover|complet|done|finish"),
    ("closed", r"clos"),
    (
        "new",
        r"^new\b|^open$|^opened|triggered|unassign|submitted|logged|regist|^to ?do|firing|backlog|creat|assign seriousness",
    ),
    ("active", r"activ|progress|work|assign|accept|ack|open|investigat|start|diagnos|escalat|require|triage|review"),
)
_STATE_NUMBERS: dict[str, HistoryState] = {
    "1": "new",
    "2": "active",
    "3": "pending",
    "6": "resolved",
    "7": "closed",
    "8": "cancelled",
}
"""As ServiceNow numbers the states of an incident."""
_KINDS: tuple[tuple[HistoryKind, str], ...] = (
    ("problem", r"problem"), ("change", r"change|rfc"), ("request", r"request|ritm|sc_|task|story|how.?to|question|access"),
    ("alert", r"alert|alarm|event"), ("incident", r"incident|bug|defect|fault|outage|break"),
)  # fmt: skip
_PRIORITY_WORDS = {"critical": 1, "highest": 1, "blocker": 1, "urgent": 1, "emergency": 1, "high": 2, "major": 2, "medium": 3,
                   "moderate": 3,
                   "normal": 3, "average": 3, "low": 4, "minor": 4, "planning": 5, "lowest": 5, "trivial": 5}  # fmt: skip
_FALSE = frozenset({"false", "no", "n", "0", "off", "breached", "missed", "violated"})
_TRUE = frozenset({"true", "yes", "y", "1", "on", "met", "made", "achieved"})


def plain(name: str) -> str:
    """A column's name without case and marks: `incident_state`, `IncidentState` and `Incident State` are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", spaced.lower()).split())


@lru_cache(maxsize=4_096)
def state_of(word: str) -> HistoryState | None:
    """What a word for a state most likely means; None where nothing is known of it."""
    said = word.strip().lower()
    if said in _STATE_NUMBERS:
        return _STATE_NUMBERS[said]
    return next((state for state, pattern in _STATES if re.search(pattern, said)), None)


@lru_cache(maxsize=4_096)
def kind_of(word: str) -> HistoryKind | None:
    said = word.strip().lower()
    return next((kind for kind, pattern in _KINDS if re.search(pattern, said)), None)


@lru_cache(maxsize=4_096)
def priority_of(text: str) -> int | None:
    """1 … 5; `P1`, `1 - Critical`, `3`, `High`, `sev2`; None where it is none of these."""
    said = text.strip().lower()
    found = re.match(r"(?:p|sev|prio|priority)?[ \-_]?([0-5])(?![0-9])", said)
    if found is not None:
        return max(int(found[1]), 1)
    return next((number for word, number in _PRIORITY_WORDS.items() if word in said), None)


@lru_cache(maxsize=4_096)
def flag_of(text: str) -> bool | None:
    said = text.strip().lower()
    return True if said in _TRUE else False if said in _FALSE else None
