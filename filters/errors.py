"""Errors of this package. Each message is one line that says what to do next."""

from __future__ import annotations


class FilterError(Exception):
    """A filter, or a tool that measures the filters, can't do its work."""


class GalleryError(FilterError):
    """The gallery of public figures can't be used."""


class GalleryKeyError(GalleryError):
    """The gallery's key is missing or is not the one that it was encrypted with, or the gallery is not encrypted."""


class PackError(FilterError):
    """A pack of face nets can't be used."""


class NoPhotosError(FilterError):
    """A folder holds no photos of the kind that is measured."""
