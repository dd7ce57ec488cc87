"""Processes that touch strangers' bytes, apart from everything that is worth stealing."""
