"""Content credentials (C2PA) of finished files: a signed statement that a program set a photo in motion."""
