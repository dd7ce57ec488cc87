"""What is said, in plain Russian: each phrase in variants, one subject a file; `nlg.phrase_book` speaks it."""
