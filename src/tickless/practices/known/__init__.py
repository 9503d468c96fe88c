"""Known errors, planned work and bulletins: what people who ask for help can be told at once."""

from tickless.practices.known.service import announce, call_off, close_error, hear_change, note_error, plan_work

__all__ = ["announce", "call_off", "close_error", "hear_change", "note_error", "plan_work"]
