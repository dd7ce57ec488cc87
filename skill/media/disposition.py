"""The Content-Disposition header (RFC 6266): shown in the page, or saved under a name in any script."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_LONGEST = 120  # characters; twelve bytes each once quoted stays well below the 8 KB that proxies take as a header
_UNSAFE = re.compile(r'[\\/:*?"<>|]')  # parts of a path on some system


def clean_name(name: str) -> str:
    """A name that is safe to save under: no control or invisible characters, no parts of a path, plain spaces, at
    most 120 characters."""
    visible = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    return " ".join(_UNSAFE.sub("_", visible).split()).strip(" .")[:_LONGEST].rstrip(" .")


def content_disposition(download_as: str) -> str:
    """The header's value; `inline` when there is no name."""
    name = clean_name(download_as)
    if not name:
        return "inline"
    # Old clients read the first, all others the second.
    plain = "".join(char if " " <= char <= "~" and char != "%" else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
