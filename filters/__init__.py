"""Who may be animated; empty until its issue, kept so that the import directions are tested from the start."""
