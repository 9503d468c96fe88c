"""Okta: accounts and groups by its management API."""
