"""Policy: from a turn and what is known to a decision; pure, one subject a file."""
