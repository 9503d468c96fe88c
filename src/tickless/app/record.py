"""Puts together who keeps the audit record."""

from __future__ import annotations

from tickless.app.settings import Settings
from tickless.domain.errors import SettingsInvalid
from tickless.flow.desk.record_keeping import KEY_FILE, RecordKeeping
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.signing import SigningKey
from tickless.sdk.secrets import Secrets


def record_of(settings: Settings, *, journal: Journal, clock: Clock, secrets: Secrets) -> RecordKeeping:
    """With the key behind the reference, or the house's own. Raises `SettingsInvalid` for a key that is none."""
    reference = settings.audit.key
    try:
        if reference is not None:
            key = SigningKey.read(secrets.reveal(reference))
        else:
            key = SigningKey.from_file(settings.data / KEY_FILE)
    except ValueError as error:
        raise SettingsInvalid("the audit key is no Ed25519 key in PEM (PKCS 8, not encrypted)") from error
    return RecordKeeping(journal, clock, key, settings.audit, data=settings.data, outside=reference is not None)
