"""Any JSON or form webhook, read by a mapping that the operator writes in CEL."""
