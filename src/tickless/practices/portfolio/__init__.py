"""The service portfolio: gates, recovery targets with evidence, and assets."""

from tickless.practices.portfolio.importing import import_assets, write_assets

__all__ = ["import_assets", "write_assets"]
