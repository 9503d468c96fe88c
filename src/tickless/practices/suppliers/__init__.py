"""Suppliers: agreements, their clocks, and who is next when nobody answers."""
