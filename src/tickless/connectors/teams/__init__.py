"""Microsoft Teams: conversations with a bot, in private and where it is mentioned, with Adaptive Cards."""
