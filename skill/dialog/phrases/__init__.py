"""What is said, in plain Russian: each phrase in variants, one subject a file. `skill.dialog.voice` speaks it."""
