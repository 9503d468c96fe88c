"""Leaf tools that know no domain."""
