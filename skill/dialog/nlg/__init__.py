"""Generation of replies: from a decision to what is heard and seen; pure, one subject a file."""
