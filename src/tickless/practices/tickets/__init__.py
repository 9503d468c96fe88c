"""Hand-off records: the pack that goes with a ticket, and the rules by which two records of one case stay one."""
