"""What people hear while colleagues have their case."""

from __future__ import annotations

from tickless.domain.case import Case

BACK_TO_COLLEAGUE = "Thank you for telling me. I've told your colleague that it isn't solved yet; they go on with it."


def passed_on(case: Case) -> str:
    return f"I've passed that on to your colleague (case {case.number}). What they answer comes to you right here."


def does_it_work(case: Case, note: str) -> str:
    said = f" They write: “{note}”." if note else ""
    return f"Your colleague says that it is solved (case {case.number}).{said} Does it work for you now?"
