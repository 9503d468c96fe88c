"""systemd: units that the operator has named, on hosts reached by SSH."""
