"""Phrases in plain Russian, each in variants, one subject a file; `nlg.phrase_book` speaks it."""
