"""What is looked at more closely: series with a limit, suspects, and those that people care for."""
