"""Errors of the database; their messages say what to do next and hold nothing of a row."""

from __future__ import annotations


class DatabaseDownError(Exception):
    """The database does not answer, refuses us or is full. What was asked for did not happen, nothing else is lost."""


class DatabaseVersionError(DatabaseDownError):
    """The tables are not those of this program: waiting does not help."""


class ConflictError(DatabaseDownError):
    """Another row has the same unique values; the transaction did nothing."""
