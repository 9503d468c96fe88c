"""Receipts → Verdict: independent probes over time."""
