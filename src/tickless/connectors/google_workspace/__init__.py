"""Google Workspace: accounts and groups by the Admin SDK's Directory API."""
