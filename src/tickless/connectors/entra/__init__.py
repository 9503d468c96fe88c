"""Microsoft Entra ID: accounts and groups by Microsoft Graph."""
