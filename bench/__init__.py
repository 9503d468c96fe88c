"""One command per published table: `python -m bench ID`."""
