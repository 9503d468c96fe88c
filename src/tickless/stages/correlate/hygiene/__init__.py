"""Hygiene: what fires and is held back from cases for a while, why, and until when."""
