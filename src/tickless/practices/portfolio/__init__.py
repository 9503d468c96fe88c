"""The service portfolio: gates, recovery targets with evidence, and assets."""
