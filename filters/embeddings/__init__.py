"""Embeddings: a face as vectors that are near for one person and far for two, by one pack of nets or another."""
