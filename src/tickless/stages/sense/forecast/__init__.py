"""What a measure will be in the hours to come, how sure that is, and when it meets its limit."""
