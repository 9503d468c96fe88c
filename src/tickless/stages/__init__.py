"""The eight rooms, in the order of the data's way."""
