"""Clauses about people: approvals, questions, messages, hand-offs, and what is done by hand."""

from __future__ import annotations

import re
from typing import Any

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import Under
from tickless.stages.act.architect.operating import spoken
from tickless.stages.act.architect.page import Drawing

_APPROVE = re.compile(
    r"\bapprov\w*|\bsign(s|ed)?[- ]?off\b|\bconsent\b|\bpermission (of|from)\b|\b(must|"
    r"has to|have to|should) (agree|say yes|approve)|\bagrees\b|"
    r"\bsaid yes\b|\bthe (ok|okay|go-ahead) (of|from)\b|\b(manager|owner)\b.{0,20}\byes\b"
)
_ASK = re.compile(r"^(please )?ask\b(?! whoever)|\bis asked\b|\bhave (the person|them) (confirm|answer)\b")
_TELL = re.compile(
    r"\b(tell|notify|inform|let\b.*\bknow|message|welcome|remind|warn|announce|send\b.*\b(message|"
    r"mail|e-mail|note|link)|give them a link|say so|write to|post)\b"
)
_HAND = re.compile(
    r"\bhand\w*\b.*\b(over|off|to)\b|^page\b|\bescalat\w+|\bpass\b.*\bto\b|\btakes? over\b|\bgoes "
    r"to (people|the|a)\b|\bjoin\b.*\bincident\b|\blet\b.*\bdecide\b|"
    r"\bgive\b.*\bto (a colleague|the (service )?desk|people)|\bcall in\b|\bassign\b.*\bto\b|\bopen a ticket\b"
)
_STOP = re.compile(
    r"^(do nothing|stop\b(?!.*\b(process|service|daemon|unit)\b)|change nothing|nothing "
    r"is (changed|done)|there is nothing to do|leave (it|everything|them)( as it is| "
    r"alone)?|leave .* alone|do not touch it|end here|do not go on)\b|\bwithout changing "
    r"anything\b"
)
_HAND_WORK = re.compile(
    r"\b(by hand|manually|physically|in person)\b|^(a|an|the|some\w*|two|one)\b.{0,40}\b(technician|"
    r"colleague|engineer|reception|facilities|operator|electrician)\b|"
    r"\b(technician|facilities|somebody|someone|engineer)\b.*\b(prepares?|replaces?|swaps?|"
    r"sets up|makes|puts|plugs?|carries|brings|picks)\b"
)
_CAN = re.compile(r"\b(weld|relocat|brew|cook|pizza|coffee|drive)\w*")


def approve(drawing: Drawing, text: str, under: Under) -> str | None:
    """Somebody has to say yes."""
    if not _APPROVE.search(text) or re.search(r"\bif\b.*\bapprov", text) or re.search(r"^(tell|notify|inform)\b", text):
        return None
    who, sketch = words.whom(text), drawing.sketch
    named = words.deciding_team(text) if who == "requester" else None
    if named is not None:
        count = min(int(words.number(text) or 1), 9)
        _add(sketch.approval, f"group:{words.slug(named)}:{count}")
        return f"{count} of the group “{words.slug(named)}” must say yes before anything is done"
    if who == "requester":
        drawing.gap(text, "it is not said whose yes it takes; the manager is asked", look=False)
    if who == "other":
        team = re.search(
            (
                r"\b(?:of|from|by) (?:the |a )?([a-z][a-z -]*?)(?: team| group| desk| department)?(?: "
                r"must| has| have| should| approve|$|,)"
            ),
            text,
        )
        subject = re.match(r"^(?:the )?([a-z-]+)(?: team| group| department| desk) ", text)
        name = words.slug((subject or team)[1] if (subject or team) else "approvers", most_words=2)  # type: ignore[index]
        count = min(int(words.number(text) or 1), 9)
        _add(sketch.approval, f"group:{name}:{count}")
        return f"{count} of the group “{name}” must say yes before anything is done"
    roles = {"manager": "manager", "owner": "service_owner", "app_owner": "as_app_says", "requester": "manager"}
    role = roles[who]
    if re.search(r"\bapp(lication)?\b.*\bowner|owner of the app|app owner", text):
        role = "app_owner"
    if role == "as_app_says":
        sketch.eligible = True
    if who == "owner" and role == "service_owner":
        sketch.inputs.service()
    if role in {"app_owner", "as_app_says"}:
        sketch.inputs.add("app", {"type": "app", "from": "message", "ask": "Which app?"})
    if (drawing.step_approval and role != "as_app_says") or under.expression is not None:
        step_role = role if role != "as_app_says" else "app_owner"
        body: dict[str, Any] = {
            "title": "Ask for a yes",
            "approve": {
                "by": step_role,
                "text": spoken(f"Please decide about this: {_title(drawing)}"),
                "within": words.duration(drawing.whole_after(text)) or "3d",
            },
        }
        if under.written:
            body["if"] = under.written
        step = sketch.step("approve", body)
        drawing.conditions.approve = step
        drawing.operating.missing_yes = step if under.expression is None else None
        sketch.asks = True
        return f"step “{step}”: the {step_role.replace('_', ' ')} is asked, and nothing goes on without a yes"
    _add(sketch.approval, role)
    return f"{role.replace('_', ' ')} must say yes before anything is done"


def _add(approval: list[str], role: str) -> None:
    if role not in approval:
        approval.append(role)


def _title(drawing: Drawing) -> str:
    return drawing.whole[:160]


def ask(drawing: Drawing, text: str, under: Under) -> str | None:
    """A question to somebody, and its answer."""
    if not _ASK.search(text):
        return None
    who = "owner" if words.whom(text) in {"owner", "other"} else "requester"
    do_it = re.search(r"\bto ((?!know)\w+ .*)$", text)
    question = re.search(r"\b(whether|if|which|what|when|how) (.*)$", text)
    if do_it is not None and (question is None or do_it.start() < question.start()):
        said, choices, good = spoken(f"Please {do_it[1]}"), ["done", "I can't"], "done"
    elif question is not None and question[1] in {"whether", "if"}:
        said, choices, good = spoken(_turned(question[2])).rstrip(".") + "?", ["yes", "no"], "yes"
    else:
        said, choices, good = spoken(question[0] if question else text).rstrip(".") + "?", [], "yes"
    body: dict[str, Any] = {
        "title": "Ask",
        "ask": {"who": who, "text": said, "within": words.duration(text) or "4h"},
    }
    if choices:
        body["ask"]["choices"] = choices
    if under.written:
        body["if"] = under.written
    step = drawing.sketch.step("ask", body)
    drawing.conditions.asked = step
    drawing.operating.answers[step] = good
    drawing.sketch.asks = True
    return f"step “{step}”: asks “{said}”"


def _turned(text: str) -> str:
    return re.sub(
        r"^(they|the person|the user|he|she) (have|has) ", "Have you ", re.sub(r"\bthey need\b", "you need", text)
    )


def tell(drawing: Drawing, text: str, under: Under) -> str | None:
    """A message to somebody."""
    if not _TELL.search(text):
        return None
    if re.search(r"\blink\b", text) and any(one.doing.use == "directory.set_password" for one in drawing.sketch.done):
        return "the link goes to the person in private, and opens once"
    who = words.whom(re.sub(r"\bthat\b.*", "", text))
    said = spoken(_message(text, drawing))
    if under.failing:
        drawing.sketch.say["failed"] = said
        return "said when it did not work"
    if who == "manager":
        person = drawing.sketch.inputs.person()
        body: dict[str, Any] = {
            "title": "Tell the manager",
            "uses": "tickless.notify_person",
            "with": {"person": f"${{{{ inputs.{person}.manager }}}}", "text": said},
            "undo": {"irreversible": "A message that was read cannot be unread."},
        }
        drawing.sketch.lasting.append("A message that was read cannot be unread.")
        return _step(drawing, "tell_manager", body, under)
    if who in {"owner", "other", "app_owner"}:
        known = drawing.means.find("apprise.send")
        if known is None:
            return drawing.gap(
                text,
                "nothing that is connected here sends messages to teams or owners; the connector “apprise” could",
                look=False,
            )
        team = re.search(
            r"\b(?:tell|notify|inform|message|warn|remind|let)\s+(?:the )?([a-z -]+?)(?: team| know| that|$|,)", text
        )
        target = words.slug(team[1] if team else "owner", most_words=3)
        body = {
            "title": "Tell them",
            "uses": known.name,
            "with": {"target": target, "title": _short(drawing), "text": said},
            "undo": {"irreversible": "What was read cannot be made unread."},
        }
        drawing.sketch.lasting.append("A message that was read cannot be unread.")
        return _step(drawing, "tell", body, under)
    if under.expression is None and drawing.sketch.done:
        drawing.sketch.say["done"] = said
        return "said when it is done and was read back"
    return _step(drawing, "say", {"title": "Say it", "say": said}, under)


def _step(drawing: Drawing, name: str, body: dict[str, Any], under: Under) -> str:
    if under.expression == "false":
        return "whoever asked is told when it is not approved"
    if under.written:
        body["if"] = under.written
    return f"step “{drawing.sketch.step(name, body)}”"


def _short(drawing: Drawing) -> str:
    return re.sub(r"[${}<>]", "", drawing.whole)[:100]


def _message(text: str, drawing: Drawing) -> str:
    told = re.search(r"\b(?:that|saying)\b (.+)$", text) or re.search(
        r"\btell (?:them|the \w+|him|her|people) (?!and\b)(.+)$", text
    )
    if told is None:
        return "This is done, and it was checked."
    return re.sub(r"\bthey\b", "you", re.sub(r"^to (?=\w)", "please ", told[1]))


def hand_off(drawing: Drawing, text: str, under: Under) -> str | None:
    """People take over."""
    if not _HAND.search(text) or (_HAND_WORK.search(text) and "takes over" not in text):
        return None
    reason = spoken(f"People take over: {text}" if under.expression is None else f"{_why(under)}. {text}")
    if under.failing or (under.expression is None and drawing.sketch.done):
        drawing.sketch.say["failed"] = spoken(f"This did not work out: {text}")
        return "when its checks do not hold: what can be taken back is, and people take over"
    if drawing.operating.missing_yes is not None:
        drawing.operating.missing_yes = None
    body: dict[str, Any] = {"title": "People take over", "hand_off": {"reason": reason}}
    if re.search(r"\bincident\b", text) and re.search(r"\bgateway|vpn\b", drawing.whole):
        body["hand_off"]["service"] = "vpn"
    if under.expression is None:
        if drawing.sketch.precheck and any(one["otherwise"] == "stop" for one in drawing.sketch.precheck):
            return "people take over when what must hold beforehand does not"
        return drawing.gap(text, "it is not said when", look=False)
    drawing.conditions.ended = True
    return _step(drawing, "hand_off", body, under)


def _why(under: Under) -> str:
    return re.sub(r"^\s*\(|\)\s*$", "", under.told) or "This is for people"


def stop(drawing: Drawing, text: str, under: Under) -> str | None:
    """Do nothing further."""
    if not _STOP.search(text):
        return None
    drawing.conditions.ended = True
    if under.expression is None or under.failing:
        return "nothing more is done"
    if under.refused:
        drawing.operating.settle_yes()
        return "nothing is done without a yes"
    if drawing.guarded(under):
        return "nothing is done then; it is looked at before anything begins"
    if any(one.get("hand_off") and one.get("if") == under.written for one in drawing.sketch.steps):
        return "ends there"
    return _step(
        drawing,
        "stop",
        {"title": "Go no further", "hand_off": {"reason": spoken(f"{_why(under)}: nothing more was done")}},
        under,
    )


def manual(drawing: Drawing, text: str, under: Under) -> str | None:
    """Something that a person does."""
    if not _HAND_WORK.search(text) or _CAN.search(text):
        return None
    who = "requester" if re.search(r"\b(the (user|person|requester)|they) ", text) else "owner"
    if who == "owner" and "service" not in drawing.sketch.inputs.found and drawing.sketch.inputs.machine:
        drawing.sketch.inputs.service()
    body: dict[str, Any] = {"title": spoken(text).rstrip(".")[:100], "manual": {"who": who, "text": spoken(text)}}
    drawing.operating.settle_yes()
    return _step(drawing, "by_hand", body, under) + ": a person does it and says so"


PEOPLE = (approve, ask, stop, hand_off, tell, manual)
