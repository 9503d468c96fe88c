"""What needs what, as it shows: edges drawn by people, seen in traces, named in texts, or learnt from alerting together."""
