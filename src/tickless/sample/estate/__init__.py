"""The sample company's processes. Children import the standard library only, so that all of them start in a moment."""
