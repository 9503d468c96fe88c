"""Matrix: conversations in direct rooms and threads, over the Client-Server API (v3)."""
