"""Amazon CloudWatch: alarms over SNS, with its signature checked, and EventBridge's alarm events."""
