"""The organisation's own records, one folder each."""
