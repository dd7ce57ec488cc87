"""Scenes from life, replayed through the whole service and matched by meaning."""
