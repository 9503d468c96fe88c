"""TLS certificates: what a server really serves, and renewing by a command that the operator has named."""
