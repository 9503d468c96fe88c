"""DNS: records of zones as their own server tells them, and changing those that may be changed, by signed updates."""
