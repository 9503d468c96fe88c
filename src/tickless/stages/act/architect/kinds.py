"""The kinds of clauses: each looks whether a clause is its own, and puts into the sketch what it asks for.

A kind answers what the clause became, in words; None: it is not its own. The first that answers counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import FAILED, Under
from tickless.stages.act.architect.kinds_doing import operate, timeout_of
from tickless.stages.act.architect.kinds_people import PEOPLE
from tickless.stages.act.architect.kinds_proof import PROOF
from tickless.stages.act.architect.kinds_several import parallel, several
from tickless.stages.act.architect.matching import doing_in, stated_in, topic_of
from tickless.stages.act.architect.operating import words_of_wait
from tickless.stages.act.architect.page import Drawing

Kind = Callable[[Drawing, str, Under], str | None]


_BACK = re.compile(
    r"\b(undo|put \w+( \w+){0,3} back|take \w+( \w+){0,3} (back|out)|set the (old|previous)|"
    r"restor\w*|revert\w*|(can|could) be \w+ (\w+ )?(on |off )?again|"
    r"back (in|to what)|to the old|activated again|switched (on|off) again|bring it back|"
    r"scale (it )?(back|down)|uncordon|(un)?install\w* it again|"
    r"stop it again|remove it again|previous (size|value)s?|what it was before|roll\w* \w*\s?back)\b"
)


_LASTING = re.compile(
    r"\b(cannot|not|never|can no longer) (be )?(undone|undo|taken back|reversed|brought "
    r"back|restored|recovered)|gone for good|irreversibl\w*|no way back"
)


_NEVER = re.compile(r"^(never|do not|nobody|no one|must not)\b|\b(never|must not|may not) (be )?\w+")


def taken_back(drawing: Drawing, text: str, under: Under) -> str | None:
    """What is to be taken back when it goes wrong."""
    mistake = under.failing or under.refused
    if (
        re.search(r"\b(may|might|can|could) (?!be\b|take\b|not\b)\w+", text)
        and drawing.sketch.done
        and doing_in(text, drawing.topic)
    ):
        return "not done by the house: it says what somebody may do"
    can = re.search(r"\b(can|could|may) be\b.*\bagain\b|^(to )?undo\b|\bundone\b", text) is not None
    again = re.search(r"\b(old|previous) (size|values?|quota|number|state)\b|what it was before", text) is not None
    if not (_BACK.search(text) and (mistake or can or again)) and not (
        mistake and doing_in(text, drawing.topic) is not None
    ):
        return None
    lasting = [one for one in drawing.sketch.done if one.doing.undo is None]
    if drawing.sketch.done and len(lasting) == len(drawing.sketch.done):
        return drawing.gap(text, f"{lasting[-1].use} cannot be taken back: {lasting[-1].doing.why}", look=False)
    if not drawing.sketch.done:
        return None
    drawing.sketch.say.setdefault("undone", "It did not work out, so it is as it was before.")
    return "what was changed is taken back in reverse when a step or a check fails"


def lasting(drawing: Drawing, text: str, under: Under) -> str | None:
    """What cannot be taken back, said by the author."""
    if not _LASTING.search(text):
        return None
    if drawing.sketch.done and all(one.doing.undo is not None for one in drawing.sketch.done):
        return "said; what is done here can be taken back after all"
    return "the runbook says so, with the reason"


def never(drawing: Drawing, text: str, under: Under) -> str | None:
    """What must not be done: kept by what the draft leaves out, where that can be told."""
    if doing_in(text, drawing.topic) is not None and not re.match(
        r"(never|do not|nobody|no one|must not)\b|.*\b(is|are|must|may|be) never\b", text
    ):
        return None
    amount = words.most(text)
    if (
        not _NEVER.search(text)
        or amount is not None
        or re.search(r"nobody (answers|is waiting)|nothing is (changed|left)", text)
    ):
        return None
    if re.search(r"\b(show|tell|send|see|read)\w*\b.*\b(password|secret)|\bpassword\b", text):
        return "kept: a password is a reference all the way, and only its owner can open the link"
    if re.search(r"\b(touch\w*|chang\w*|disabled|switched off)\b", text):
        from_account = drawing.operating.check("directory.account", "result.exists && result.enabled")
        if from_account is not None and re.search(r"disabled|switched off", text):
            drawing.conditions.add_precheck(
                from_account, "stop", "The account is switched off; people decide about that."
            )
            return "nothing is done unless the account is enabled; otherwise people take over"
    return drawing.gap(text, "this can be said in policy, not in a runbook", look=False)


def wait(drawing: Drawing, text: str, under: Under) -> str | None:
    """Let time pass."""
    day = re.search(
        (
            r"\b(on|until|at|by) (the|their|his|her|its|a) (last|first|end|start|given|agreed|"
            r"leaving) ?(working )?(day|date)|\bon the (day|date)\b|\bend date\b"
        ),
        text,
    )
    if day is not None:
        drawing.sketch.inputs.add("day", {"type": "date", "from": "message", "ask": "On which day?"})
        drawing.sketch.step("day_comes", {"title": "Wait for the day", "until": "${{ inputs.day.at }}"})
        rest = re.sub(re.escape(day[0]), "", text).strip()
        more = operate(drawing, rest, under) if doing_in(rest, drawing.topic) is not None else None
        return "waits for the day that is named" + (f"; {more}" if more else "")
    if re.search(r"\bwait\w*\b.*\b(for at most|at most)\b", text) and drawing.conditions.asked is not None:
        for one in drawing.sketch.steps:
            if one["id"] == drawing.conditions.asked:
                one["ask"]["within"] = words_of_wait(text)
        return f"the question waits for {words_of_wait(text)} at most"
    if drawing.operating.loop is not None and re.search(r"\b(wait|pause)\b", text):
        return drawing.gap(text, "inside of a list only operations are done", look=False)
    if re.search(r"\bwait\w*\b.*\b(until|till)\b|\bwait\w* (up to|at most|no longer than)\b.*\bfor\b", text):
        return wait_for(drawing, text, under)
    if not re.search(
        r"\b(wait|pause|sleep|hold on)\b|\bgive\b.*\b(seconds?|minutes?|hours?)\b|\blet\b.*\bsettle\b", text
    ):
        return None
    if re.search(r"\bapprov|\bconsent|\byes\b", text):
        return None
    body = {"title": "Give it time", "wait": words_of_wait(text), **({"if": under.written} if under.written else {})}
    drawing.sketch.step("settle", body)
    return f"waits {words_of_wait(text)}"


def wait_for(drawing: Drawing, text: str, under: Under) -> str:
    """Wait until a probe reads it, an hour at most where no time is named."""
    asked = re.split(r"\b(?:until|till)\b|\bfor the\b", text, maxsplit=1)[-1]
    stated = stated_in(asked, topic_of(asked, drawing.topic), prefer=drawing.operating.last_probe())
    check = drawing.operating.check(stated.fact.probe, stated.says) if stated is not None else None
    if stated is None or check is None:
        return drawing.gap(text, "no probe here reads what is waited for: name a time, or what has to hold", look=False)
    within = words.duration(text) or "1h"
    awaited = {"uses": check["uses"], "with": check["with"], "expect": check["expect"], "within": within}
    body = {"title": "Wait until it is so", "wait_for": awaited, **({"if": under.written} if under.written else {})}
    drawing.sketch.step("until_so", body)
    return f"waits until {check['uses']} reads {stated.says}, {within} at most; if it never does, people take over"


def limits(drawing: Drawing, text: str, under: Under) -> str | None:
    """A bound that stands by itself: so many at most, so long, so often."""
    retries = re.search(
        r"\b(try|retry|repeat)\w*\b.*\b(up to|at most)?\s*(\w+) times\b|\btry (it )?(twice|again)\b", text
    )
    if retries is not None and drawing.sketch.done:
        times = 2 if re.search(r"\btwice\b|try again", text) else int(words.number(text) or 3)
        for one in drawing.sketch.steps:
            if one["id"] == drawing.sketch.done[-1].step:
                one["retry"] = {"times": times, "wait": "5s"}
        return f"tried {times} times at most"
    length = words.duration(text)
    if (
        length
        and drawing.sketch.done
        and re.search(r"\b(take|last|run|at most|no longer|give up)\b", text)
        and doing_in(text, drawing.topic) is None
    ):
        return timeout_of(drawing, length)
    most = words.most(text)
    if most is None or doing_in(text, drawing.topic) is not None:
        return None
    if drawing.operating.loop is not None:
        drawing.operating.loop["for_each"]["at_most"] = most
        return f"a longer list than {most} is not begun at all"
    given = next((one.given.get("replicas") for one in drawing.sketch.done if "replicas" in one.given), None)
    if isinstance(given, int):
        return (
            f"kept: it is {given}, and {most} is the most"
            if given <= most
            else drawing.gap(text, f"{given} is more than {most}", look=False)
        )
    return drawing.gap(text, "nothing here can count that beforehand", look=False)


def failing(text: str) -> bool:
    """Whether the words speak of something that went wrong."""
    return FAILED.search(text) is not None


KINDS: tuple[Kind, ...] = (
    taken_back,
    lasting,
    never,
    *PEOPLE[:2],
    wait,
    parallel,
    limits,
    several,
    *PROOF,
    *PEOPLE[2:],
    operate,
)
