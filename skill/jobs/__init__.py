"""Jobs: one wish on one photo, from the moment it is asked for until nothing is left of it."""
