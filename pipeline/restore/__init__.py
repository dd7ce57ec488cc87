"""Restoration of old photos: faded tones are spread, heavy grain is made calmer; a good photo stays as it is."""
