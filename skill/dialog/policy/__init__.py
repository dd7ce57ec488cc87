"""From a turn and what is known to a scene and what is to be done: pure, one subject a file."""
