"""SCIM 2.0: accounts and groups at any identity provider that speaks it (RFC 7643, RFC 7644)."""
