"""Provenance that every clip states: a program made the movement. Nothing of the source file is ever copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from PIL import Image

TITLE = "Ozhivi"
COMMENT = "Оживлено программой Ozhivi: движение создано программой, не снято камерой (AI-generated motion)"
SOFTWARE = "Ozhivi"
# IPTC's word for a real photo that a trained model has changed; readers of C2PA and of XMP know it.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

# and its word for a photo that a formula has corrected
ENHANCED_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
RESTORED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "repair": "царапины и трещины закрыты (scratches and cracks filled)",
        "denoise": "зерно убавлено (grain reduced)",
        "tone": "тона восстановлены (tones restored)",
        "colour": "цвета – догадка программы (the colours are a guess by a trained model)",
        "enlarge": "снимок увеличен, мелкое – догадка программы (enlarged; fine detail is a guess by a trained model)",
    }
)
"""Part of `pipeline.limits.RESTORE_PARTS` → what it has done to a photo."""
_BY_FORMULA: Final = frozenset({"denoise", "tone"})
"""Parts in which no trained net has a say."""

_IMAGE_DESCRIPTION, _SOFTWARE_TAG = 0x010E, 0x0131


def mp4_metadata(restored: Sequence[str] = ()) -> Mapping[str, str]:
    """FFmpeg's metadata keys of the container of a clip of whose photo these parts, of RESTORED, were restored.

    Its "encoder" always names FFmpeg itself.
    """
    return {"title": TITLE, "comment": clip_comment(restored)}


def clip_comment(restored: Sequence[str] = ()) -> str:
    """The comment of a clip, or of a frame of it, of whose photo these parts, of RESTORED, were restored."""
    return f"{COMMENT}. {describe_restoration(restored)}" if restored else COMMENT


def read_restored(comment: str) -> tuple[str, ...]:
    """The parts, of RESTORED, that a clip's own comment names."""
    return tuple(part for part, words in RESTORED.items() if words in comment)


def describe_restoration(parts: Sequence[str]) -> str:
    """The comment of a still photo of which these parts, of RESTORED, were restored."""
    return f"Снимок подправлен программой Ozhivi: {', '.join(RESTORED[part] for part in parts)}"


def restoration_type(parts: Sequence[str]) -> str:
    """IPTC's word for a photo of which these parts, of RESTORED, were restored."""
    return ENHANCED_TYPE if _BY_FORMULA.issuperset(parts) else SOURCE_TYPE


def exif_bytes(comment: str = COMMENT) -> bytes:
    """A fresh EXIF block with our two tags, the comment and the program, and nothing else."""
    exif = Image.Exif()
    exif[_IMAGE_DESCRIPTION] = comment.encode()  # bytes: Pillow would turn Russian letters into "?"
    exif[_SOFTWARE_TAG] = SOFTWARE
    return exif.tobytes()


def xmp_bytes(comment: str = COMMENT, source_type: str = SOURCE_TYPE) -> bytes:
    """An XMP packet: title, description, tool, and the kind of source in IPTC's word."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' xmp:CreatorTool="{escape(SOFTWARE)}" Iptc4xmpExt:DigitalSourceType="{escape(source_type)}">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(TITLE)}</rdf:li></rdf:Alt></dc:title>'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(comment)}</rdf:li></rdf:Alt>'
        '</dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
