"""Request Tracker 5: tickets over its REST 2.0 interface."""
