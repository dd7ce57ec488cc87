"""Readability of a face: its angle, its sharpness and light, what covers it, its eyes, and whether it is drawn."""
