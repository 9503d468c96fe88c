"""What Google Workspace can be asked: what directories of people have alike (`sdk.people_operations`)."""

from __future__ import annotations

from tickless.connectors.google_workspace.client import connect
from tickless.sdk.people_operations import account_probes

OPERATIONS = account_probes(connect)
