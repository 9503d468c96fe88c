"""The improvement register: what is expected of an action, and what came of it."""
