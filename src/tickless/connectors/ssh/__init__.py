"""SSH: how full disks are, cleaning up where it is allowed, and commands that the operator has named."""
