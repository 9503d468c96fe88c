"""What an operator may set about the audit record."""

from __future__ import annotations

from pydantic import Field

from tickless.domain.record import Record


class AuditSettings(Record):
    """The record's signatures and how long the bodies of its rows are kept."""

    key: str | None = None
    """Reference to the signing key (Ed25519, PKCS 8 PEM), such as `file:/etc/tickless/audit.pem`. None: `audit.key` in the
    data folder, made at the first start; several nodes need one key in common."""
    checkpoint_seconds: float = Field(default=300.0, gt=0)
    """A checkpoint is signed after so long, if rows were added."""
    checkpoint_rows: int = Field(default=1_000, ge=1)
    """And after so many rows."""
    keep_days: float | None = Field(default=None, gt=0)
    """Bodies of rows that are older are taken away, their hashes kept; None: all are kept. Legal holds win."""
