"""Models: where they come from, how they are built, how they are verified."""
