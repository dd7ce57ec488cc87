"""The statement of the content credentials: a photo was opened, and a program set it in motion. Nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from pipeline.output import provenance

ACTION: Final = "c2pa.edited"
"""C2PA's action for a change of what is seen."""
_STILLS: Final = ("still", "png")
"""Files in which nothing moves, nor is to."""


def build_manifest(name: str, restored: Sequence[str] = ()) -> dict[str, Any]:
    """The definition of a manifest for `c2pa.Builder`.

    The photo is an ingredient without bytes, hash or name: the specification wants a file that was opened, and nothing
    more of it is anybody's business.

    Args:
        name: Format of the file, of pipeline.limits.FORMATS; "still" or "png" for a restored photo.
        restored: What was restored, of pipeline.limits.RESTORE_PARTS; an action of its own.
    """
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["photo"]}}
    actions = [opened]
    if restored:
        what, kind = provenance.describe_restoration(restored), provenance.restoration_type(restored)
        actions.append({"action": ACTION, "digitalSourceType": kind, "description": what})
    if name not in _STILLS:
        what = (
            "A still of a portrait for an animation" if name == "jpg" else "The portrait was set in motion by a program"
        )
        actions.append({"action": ACTION, "digitalSourceType": provenance.SOURCE_TYPE, "description": what})
    return {
        "claim_generator_info": [{"name": provenance.SOFTWARE, "version": version("ozhivi")}],
        "title": provenance.TITLE,
        "ingredients": [{"title": "photo", "format": "image/jpeg", "relationship": "parentOf", "label": "photo"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}}],
    }
