"""From a scene to what is heard and seen: pure, one subject a file."""
