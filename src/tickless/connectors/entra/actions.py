"""What can be done at Microsoft Entra ID: what directories of people have alike (`sdk.people_operations`)."""

from __future__ import annotations

from tickless.connectors.entra.client import connect
from tickless.sdk.people_operations import account_actions

OPERATIONS = account_actions(connect)
