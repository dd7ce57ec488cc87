"""Provenance that every clip states: a program made the movement. Nothing of the source file is ever copied."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from PIL import Image

TITLE = "Ozhivi"
COMMENT = "Оживлено программой Ozhivi: движение создано программой, не снято камерой (AI-generated motion)"
SOFTWARE = "Ozhivi"
# IPTC's word for a real photo that a trained model has changed; readers of C2PA and of XMP know it.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

_IMAGE_DESCRIPTION, _SOFTWARE_TAG = 0x010E, 0x0131


def mp4_metadata() -> Mapping[str, str]:
    """FFmpeg's metadata keys of the container. Its "encoder" always names FFmpeg itself."""
    return {"title": TITLE, "comment": COMMENT}


def comment_bytes() -> bytes:
    """The comment block of a GIF or a JPEG, UTF-8."""
    return COMMENT.encode()


def exif_bytes() -> bytes:
    """A fresh EXIF block with our two tags and nothing else."""
    exif = Image.Exif()
    exif[_IMAGE_DESCRIPTION] = COMMENT.encode()  # bytes: Pillow would turn Russian letters into "?"
    exif[_SOFTWARE_TAG] = SOFTWARE
    return exif.tobytes()


def xmp_bytes() -> bytes:
    """An XMP packet: title, description, tool, and the kind of source."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' xmp:CreatorTool="{escape(SOFTWARE)}" Iptc4xmpExt:DigitalSourceType="{escape(SOURCE_TYPE)}">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(TITLE)}</rdf:li></rdf:Alt></dc:title>'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(COMMENT)}</rdf:li></rdf:Alt>'
        '</dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
