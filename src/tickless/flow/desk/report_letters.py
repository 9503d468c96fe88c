"""A standing report as a letter and as a notice."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode

from tickless.domain.errors import SettingsInvalid
from tickless.domain.report_subscription import ReportSubscription
from tickless.kit.log import get_logger
from tickless.kit.pdf import NoPdf, as_pdf
from tickless.sdk.capabilities.mail import Attached, Letter
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import BoundOperation, Registry
from tickless.stages.measure.week import Week, as_html, as_markdown

SECONDS = 30.0
MOST_TEXT = 50_000

log = get_logger("flow")


def letter_for(one: ReportSubscription, week: Week, *, home: str) -> Letter:
    """The whole report as text and as HTML, with a PDF where one can be made."""
    html = as_html(week, home=home)
    text = as_markdown(week)[:MOST_TEXT]
    return Letter(to=one.mail, subject=week.title[:250], text=text, html=html, attached=_pdf(week, html))


def _pdf(week: Week, html: str) -> tuple[Attached, ...]:
    try:
        paper = as_pdf(html)
    except NoPdf as error:
        log.info("a report goes without its PDF", why=str(error))
        return ()
    name = f"report-{week.until:%Y-%m-%d}.pdf"
    return (Attached(name=name, type="application/pdf", base64=b64encode(paper).decode()),)


def notice_for(one: ReportSubscription, week: Week, *, home: str) -> str:
    """The report in short, and where the rest is."""
    lines = [f"{week.title}.", *week.headline]
    lines += [f"{section.title}: {section.told}" for section in week.sections if section.rows][:6]
    asked = f"/reports/week?since={week.since:%Y-%m-%dT%H:%M:%SZ}&until={week.until:%Y-%m-%dT%H:%M:%SZ}"
    asked += f"&owner={one.owner}" if one.owner else ""
    return "\n".join([*lines, f"All of it: {home}{asked}"])


def mailer_of(registry: Registry) -> BoundOperation | None:
    """The operation that sends letters here, if there is one."""
    for name, instance in sorted(registry.instances.items()):
        for operation, promise in instance.connector.manifest.actions.items():
            if promise.capability == "mail.send":
                return registry.find(f"{name}.{operation}")
    return None


def post_letter(registry: Registry, letter: Letter, *, key: str, now: dt.datetime) -> None:
    """Send it. Raises `OutsideError` and its kin, `SettingsInvalid` when nothing here sends mail."""
    bound = mailer_of(registry)
    if bound is None:
        raise SettingsInvalid(
            "no connector here sends mail", mend="configure one that answers to `mail.send`, such as `email`"
        )
    call = Call(instance=bound.instance, key=key, now=now, timeout=SECONDS)
    invoke(bound, letter.model_dump(), call)
