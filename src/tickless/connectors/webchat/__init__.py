"""Our own web chat and REST messages: only what a message looks like; the door itself is `doors/chat`."""
