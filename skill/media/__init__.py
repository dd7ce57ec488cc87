"""Media: where photos and clips lie for the short time that they lie anywhere."""
