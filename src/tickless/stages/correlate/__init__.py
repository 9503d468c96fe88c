"""Finding → Case: open, join, mute or reopen, and say why."""
