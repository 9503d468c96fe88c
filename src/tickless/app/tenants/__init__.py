"""Many organisations on one machine, each in a house of its own."""

from tickless.app.tenants.book import Tenant, TenantBook

__all__ = ["Tenant", "TenantBook"]
