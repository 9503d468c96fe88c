"""A sketch → the text of a runbook file, as a person would write it. Pure."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tickless.stages.act.architect import words
from tickless.stages.act.architect.lexicon import lexicon
from tickless.stages.act.architect.sketch import Sketch

_AREAS = {
    "directory": "account",
    "endpoint": "software",
    "vpn": "vpn",
    "mailbox": "mailbox",
    "process": "service",
    "health": "service",
    "disk": "disk",
    "certificate": "certificate",
    "pool": "pool",
    "kubernetes": "cluster",
    "haproxy": "balancer",
    "dns": "dns",
    "postgresql": "database",
    "github": "pipeline",
    "tickless": "people",
    "apprise": "message",
}
_GIVEN: dict[tuple[str, str, bool], dict[str, str]] = {
    ("directory.account", "locked", True): {"account": "locked"},
    ("directory.account", "enabled", False): {"account": "disabled"},
    ("directory.account", "password_expired", True): {"account": "password_expired"},
    ("vpn.profile", "valid", False): {"vpn": "profile_expired"},
    ("vpn.tunnel", "connects", False): {"vpn": "profile_expired"},
    ("mailbox.quota", "percent", True): {"mailbox": "full"},
    ("endpoint.device", "online", False): {"device": "offline"},
    ("health.check", "healthy", False): {"service": "down"},
    ("process.state", "running", False): {"service": "down"},
    ("disk.usage", "percent", True): {"disk": "filling"},
    ("certificate.state", "days_left", False): {"certificate": "expiring"},
    ("pool.state", "in_use", True): {"pool": "exhausted"},
}
"""What the trigger speaks of → what a test sets up in the sample company."""
_SUBJECTS = (
    ("person", "person:${{ inputs.person.id }}"),
    ("device", "device:${{ inputs.device.id }}"),
    ("service", "service:${{ inputs.service.id }}"),
    ("process", "ci:${{ inputs.process.id }}"),
    ("host", "ci:${{ inputs.host }}:${{ inputs.path }}"),
    ("certificate", "ci:certificate:${{ inputs.certificate }}"),
    ("workload", "ci:${{ inputs.namespace }}/${{ inputs.workload }}"),
    ("node", "ci:${{ inputs.node }}"),
    ("server", "ci:${{ inputs.backend }}/${{ inputs.server }}"),
    ("record", "ci:dns:${{ inputs.record }}"),
    ("table", "ci:table:${{ inputs.table }}"),
    ("repository", "ci:${{ inputs.repository }}"),
    ("app", "app:${{ inputs.app.id }}"),
    ("processes", "ci:${{ inputs.processes }}"),
    ("hosts", "ci:${{ inputs.hosts }}"),
    ("services", "ci:${{ inputs.services }}"),
    ("nodes", "ci:${{ inputs.nodes }}"),
    ("devices", "ci:${{ inputs.devices }}"),
    ("path", "ci:${{ inputs.path }}"),
)
FEW = "A draft: a guess until it is measured."


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def text_of(whole: dict[str, Any]) -> str:
    """As the file stands."""
    return yaml.dump(whole, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118)


def whole_of(sketch: Sketch, description: str, *, taken: frozenset[str], name: str = "") -> dict[str, Any]:
    """The runbook as plain values. `taken`: ids that are published already. `name`: the id, if somebody chose one."""
    title = _title(sketch, description)
    identity = name or _identity(sketch, title, taken)
    need = identity.replace(".", "_").replace("-", "_")
    sketch.inputs.found = dict(sketch.inputs.found)
    subject = _subject(sketch)
    machine = sketch.inputs.machine
    alarm = next((one for one in lexicon().alarms if one.says.search(sketch.trigger or words.plain(description))), None)
    class_ = alarm.class_ if alarm is not None else f"{words.slug(title, most_words=3).replace('-', '_')}"
    kind = (alarm.kind if alarm is not None else "incident") if machine else _kind(sketch, description)
    tests = _machine_tests(sketch, class_) if machine else _human_tests(sketch, need, _says(sketch, title))
    effect = "destroy" if sketch.destroys else "change" if sketch.done or _messages(sketch) else "read"
    lasting = sketch.lasting
    whole: dict[str, Any] = {
        "runbook": identity,
        "revision": "0.1.0",
        "title": title,
        "description": _folded(description),
        "owner": "service-desk" if not machine else "platform",
        "kind": kind,
        "serves": {"alerts": f'${{{{ signal.class == "{class_}" && signal.state == "firing" }}}}'}
        if machine
        else {"intents": [need], "says": _says(sketch, title)},
        "inputs": sketch.inputs.found,
        "subject": subject,
        "effect": effect,
        "undo": {"irreversible": " ".join(lasting)} if lasting else "steps",
    }
    if sketch.verified_identity or (_touches_account(sketch) and not machine):
        whole["requires"] = {"verified_identity": True, **({"eligible": True} if sketch.eligible else {})}
    elif sketch.eligible:
        whole["requires"] = {"eligible": True}
    if sketch.approval:
        whole["approval"] = {"by": sketch.approval[0] if len(sketch.approval) == 1 else sketch.approval}
    if sketch.precheck:
        whole["precheck"] = sketch.precheck
    whole["steps"] = sketch.steps
    whole["verify"] = sketch.verify
    whole["say"] = _say(sketch, title)
    whole["value"] = {"minutes_saved": 10, "basis": FEW}
    if sketch.outputs:
        whole["outputs"] = sketch.outputs
    whole["tests"] = tests
    return whole


def _title(sketch: Sketch, description: str) -> str:
    shown = [str(one.get("title", "")) for one in sketch.steps if one["id"] in {done.step for done in sketch.done}]
    if not shown:
        first = re.split(r"[.;:!?]\s", description.strip(), maxsplit=1)[0]
        shown = [first]
    title = " and ".join(dict.fromkeys(one[:1].lower() + one[1:] for one in shown[:2] if one))
    bare = re.sub(r"[${}<>\n]", "", title).strip()[:90].strip()
    return (bare[:1].upper() + bare[1:]) or "A procedure"


def _identity(sketch: Sketch, title: str, taken: frozenset[str]) -> str:
    uses = [one.doing.use for one in sketch.done] or [
        str(one.get("uses", "")) for one in sketch.steps if one.get("uses")
    ]
    area = _AREAS.get(uses[0].partition(".")[0], "house") if uses else "house"
    bare = re.sub(rf"\b{area}s?\b", "", title.casefold())
    made = f"{area}.{words.slug(bare)}"
    number = 2
    while made in taken:
        made, number = f"{area}.{words.slug(title)}-{number}", number + 1
    return made


def _subject(sketch: Sketch) -> str:
    found = sketch.inputs.found
    for name, subject in _SUBJECTS:
        if name in found and not found[name].get("optional"):
            return subject if name != "host" or "path" in found else "ci:${{ inputs.host }}"
    if sketch.inputs.machine:
        sketch.inputs.service()
        return "service:${{ inputs.service.id }}"
    sketch.inputs.person()
    return "person:${{ inputs.person.id }}"


def _kind(sketch: Sketch, description: str) -> str:
    asked = re.search(
        r"\b(ask|want|need|request|join|leave|new|grant|install|order)\w*\b", words.plain(sketch.trigger or description)
    )
    return "request" if asked else "incident"


def _says(sketch: Sketch, title: str) -> list[str]:
    short = re.sub(r"\b(their|his|her|its)\b", "my", title[:1].lower() + title[1:])
    said = [f"please {short}", f"can you {short}", f"I need somebody to {short}", short]
    if sketch.trigger:
        said.append(re.sub(r"[${}<>]", "", sketch.trigger)[:200])
    return list(dict.fromkeys(said))


def _touches_account(sketch: Sketch) -> bool:
    return any(one.doing.use.partition(".")[0] in {"directory", "vpn"} for one in sketch.done)


def _messages(sketch: Sketch) -> bool:
    return any(str(one.get("uses", "")).startswith(("tickless.notify", "apprise.")) for one in sketch.steps)


def _folded(description: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[${}]", "", description)).strip()[:1_500]


def _say(sketch: Sketch, title: str) -> dict[str, str]:
    said = {"started": f"I'm on it: {title[:1].lower() + title[1:]}."}
    if sketch.approval or any("approve" in one for one in sketch.steps):
        said["awaiting_approval"] = "This takes somebody's yes first. I have asked, and you will hear from me."
    said["done"] = "It is done, and I checked."
    said["nothing_to_do"] = "I looked, and there is nothing to do."
    said["failed"] = "That did not work. A colleague takes over with everything I found."
    return {**said, **sketch.say}


def _human_tests(sketch: Sketch, need: str, says: list[str]) -> list[dict[str, Any]]:
    outcome: Any = "verified"
    if sketch.approval:
        outcome = "needs_approval"
    elif sketch.asks or any("manual" in one for one in sketch.steps) or _unknown(sketch):
        outcome = ["asked_back", "needs_approval", "verified", "nothing"]
    elif not sketch.states:
        outcome = ["verified", "nothing", "asked_back"]
    return [
        {
            "name": "somebody asks for it",
            "given": _given(sketch),
            "says": says[0],
            "expect": {"need": need, "outcome": outcome},
        }
    ]


def _unknown(sketch: Sketch) -> bool:
    return any(one.get("from") in {None, "message", "signal"} for one in sketch.inputs.found.values())


def _given(sketch: Sketch) -> dict[str, str]:
    found: dict[str, str] = {}
    for state in sketch.states:
        for name, value in _GIVEN.get(state, {}).items():
            found.setdefault(name, value)
    return found


def _machine_tests(sketch: Sketch, class_: str) -> list[dict[str, Any]]:
    signal = {"class": class_, "severity": "critical", "state": "firing"}
    return [
        {"name": "the alert leads here", "given": _given(sketch), "signal": signal, "expect": {"serves": True}},
        {"name": "its end does not", "signal": {**signal, "state": "resolved"}, "expect": {"serves": False}},
    ]
