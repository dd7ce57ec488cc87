"""Pixels only: photo → faces → motion → frames → clip. Knows nothing of dialogs, HTTP, queues, storage."""
