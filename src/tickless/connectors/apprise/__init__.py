"""Notifications to whatever Apprise knows: mail, chat, push, text messages."""
