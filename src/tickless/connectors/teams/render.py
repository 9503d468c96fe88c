"""A message of the house → an activity with an Adaptive Card (1.5). Pure.

Words stand in `RichTextBlock`s, which know no Markdown: what somebody wrote is no link, picture or mention. An activity stays
below Teams' 28 KB: the text gives way, what can be pressed stays.
"""

from __future__ import annotations

import json
from typing import Any

from tickless.sdk.capabilities.chat import Amended, Outgoing
from tickless.sdk.face import Button, Entry, Face, Link, Row, face_of
from tickless.sdk.spelled import clean, line

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
OURS = "tickless"
"""What a button of ours sends stands below this name."""
ENTRY = "entry:"
MOST_BYTES = 28_000
MOST_ACTIONS = 6
"""Teams shows six in a row and hides the rest."""
MOST_CHOICES = 60
LONGEST_LABEL = 60
LONGEST_VALUE = 1_000
LONGEST_LINE = 2_000
Element = dict[str, Any]


def render(out: Outgoing) -> dict[str, Any]:
    """The activity to send."""
    return _fitting(out.text, author=out.author, face=face_of(out.card, home=out.home))


def render_over(out: Amended) -> dict[str, Any]:
    """The same message with nothing left to press, and what came of it."""
    face = face_of(out.card, home=out.home)
    over = Face(heading=face.heading, lines=face.lines, links=face.links)
    return _fitting(out.text, author="", face=over, note=out.note)


def _fitting(text: str, *, author: str, face: Face, note: str = "") -> dict[str, Any]:
    words, limit = clean(text).strip(), 20_000
    while True:
        shown = words if len(words) <= limit else words[:limit] + "…"
        activity = _activity(shown, author=author, face=face, note=note)
        if limit < 100 or len(json.dumps(activity, ensure_ascii=False).encode()) < MOST_BYTES:
            return activity
        limit = limit * 2 // 3


def _activity(text: str, *, author: str, face: Face, note: str) -> dict[str, Any]:
    """Words alone are an ordinary message; a card is drawn where there is more than words."""
    by = f"{line(author, 80)} wrote:\n" if author.strip() else ""
    body = _body(face, said=text)
    plain = {"type": "message", "textFormat": "plain"}
    if not body and not note.strip():
        return {**plain, "text": by + text or "…"}
    content = [*([words(by.strip(), subtle=True)] if by else []), *([words(text)] if text else []), *body]
    content += [words(line(note, 300), subtle=True)] if note.strip() else []
    card = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "body": content,
    }
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {**plain, "summary": line(text, 200) or "…", "attachments": [attached]}


def _body(face: Face, *, said: str) -> list[Element]:
    heading = [words(line(face.heading, 300), strong=True)] if face.heading.strip() else []
    lines = [words(clean(one)[:LONGEST_LINE]) for one in face.lines if one.strip() and one.strip() != said]
    entries = [_entry(entry) for entry in face.entries]
    send = [_actions([_submit(face.send, gathers=True)])] if face.send else []
    rows = [element for row in face.rows for element in _row(row)]
    links = [_actions([_open(link) for link in face.links[:MOST_ACTIONS]])] if face.links else []
    return [*heading, *lines, *entries, *send, *rows, *links]


def words(text: str, *, strong: bool = False, subtle: bool = False) -> Element:
    """A paragraph in which nothing means anything but itself."""
    run: Element = {"type": "TextRun", "text": text or " "}
    run |= {"weight": "Bolder"} if strong else {}
    run |= {"isSubtle": True} if subtle else {}
    return {"type": "RichTextBlock", "inlines": [run]}


def _entry(entry: Entry) -> Element:
    label, name = line(entry.label, 300) or "Answer", ENTRY + line(entry.name, 100)
    common: Element = {"id": name, "label": label, "isRequired": entry.needed}
    common |= {"errorMessage": "This is needed"} if entry.needed else {}
    if entry.options:
        return {"type": "Input.ChoiceSet", "style": "compact", "choices": _choices(entry.options), **common}
    return {"type": "Input.Text", "maxLength": LONGEST_VALUE, **common}


def _choices(options: tuple[str, ...]) -> list[Element]:
    fit = [clean(option) for option in options if 0 < len(clean(option)) <= LONGEST_VALUE][:MOST_CHOICES]
    return [{"title": line(option, 200) or option[:1], "value": option} for option in fit]


def _row(row: Row) -> list[Element]:
    label = [words(row.label)] if row.label else []
    answers = all(button.deed == "answer" for button in row.buttons)
    long = any(len(line(button.label, 400)) > LONGEST_LABEL for button in row.buttons)
    if answers and row.buttons and (long or len(row.buttons) > MOST_ACTIONS):
        return [*label, *_menu(row)]
    listed = [words(f"{n}. {line(button.label, 300)}") for n, button in enumerate(row.buttons, 1)] if long else []
    pressed = [_submit(button, title=f"{n}." if long else "") for n, button in enumerate(row.buttons, 1)]
    groups = [pressed[at : at + MOST_ACTIONS] for at in range(0, min(len(pressed), MOST_CHOICES), MOST_ACTIONS)]
    return [*label, *listed[:MOST_CHOICES], *map(_actions, groups)]


def _menu(row: Row) -> list[Element]:
    """More answers than fit in a row: a list to choose from."""
    options = tuple(button.values.get("answer", "") for button in row.buttons)
    menu = {"type": "Input.ChoiceSet", "style": "expanded", "id": f"{ENTRY}answer", "label": "Choose one",
            "isRequired": True, "errorMessage": "Choose one", "choices": _choices(options)}  # fmt: skip
    return [menu, _actions([_submit(Button("Send", "answer", row.buttons[0].ref), gathers=True)])]


def _submit(button: Button | None, *, gathers: bool = False, title: str = "") -> Element:
    assert button is not None
    label = title or line(button.label, LONGEST_LABEL) or "…"
    if not button.deed:
        return {
            "type": "Action.Submit",
            "title": label,
            "data": {"msteams": {"type": "imBack", "value": clean(button.says)}},
        }
    sent: Element = {"deed": button.deed, "ref": button.ref, "label": line(button.label, 200)}
    sent |= {"values": button.values} if button.values else {}
    sent |= {"gathers": True} if gathers else {}
    style = {"yes": "positive", "no": "destructive"}.get(button.tone, "default")
    needs = "auto" if gathers else "none"
    return {"type": "Action.Submit", "title": label, "style": style, "associatedInputs": needs, "data": {OURS: sent}}


def _open(link: Link) -> Element:
    return {"type": "Action.OpenUrl", "title": line(link.label, LONGEST_LABEL) or "Open", "url": link.href}


def _actions(actions: list[Element]) -> Element:
    return {"type": "ActionSet", "actions": actions}
