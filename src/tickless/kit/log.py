"""Structured logs: one event a line, with key and value. Secrets are masked on the way out."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

from tickless.kit.redaction import redact_secrets, redact_within


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = redact_within(value)
    return event


class _Masked(logging.Formatter):
    """What libraries log by themselves goes out masked, too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact_secrets(super().format(record))


def configure_logging(*, level: str = "INFO", form: Literal["text", "json"] = "text") -> None:
    """Set up logging for the process, on standard error. Call once, from `app`."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whichever it is then: it may have been replaced
        cache_logger_on_first_use=False,  # a logger that was used once would never hear of another configuration
    )
    for chatty in ("httpx2", "httpcore2", "alembic", "asyncssh"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.basicConfig(level=level.upper(), stream=sys.stderr, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Masked("%(levelname)s %(name)s: %(message)s"))


def get_logger(name: str) -> Any:
    """A bound structured logger, named after the room that speaks."""
    return structlog.get_logger(room=name)
