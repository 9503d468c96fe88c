"""Syslog: messages in RFC 5424 (and the older RFC 3164) over UDP, TCP or TLS."""
