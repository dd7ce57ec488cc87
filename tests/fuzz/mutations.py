"""Photos in every format, and what chance makes of bytes, forms and headers. All from one seeded generator."""

from __future__ import annotations

import io
from collections.abc import Mapping
from random import Random

import pillow_heif
from PIL import Image
from skimage.data import astronaut

_KINDS: Mapping[str, tuple[str, dict[str, object]]] = {
    "jpeg": ("JPEG", {}),
    "jpeg progressive": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {}),
    "heif": ("HEIF", {}),
    "avif": ("AVIF", {}),
    "tiff": ("TIFF", {"compression": "tiff_lzw"}),
    "bmp": ("BMP", {}),
    "gif": ("GIF", {}),
}


def photos() -> dict[str, bytes]:
    """The part of a real photo without a face, which is refused soon, in every format; one with a face."""
    pillow_heif.register_heif_opener()
    whole = Image.fromarray(astronaut())  # type: ignore[no-untyped-call]
    part = whole.crop((320, 20, 512, 200)).resize((96, 90))
    made = {}
    for name, (kind, options) in _KINDS.items():
        file = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        part.save(file, kind, **({} if kind in {"BMP", "GIF"} else {"exif": exif.tobytes()}), **options)
        made[name] = file.getvalue()
    file = io.BytesIO()
    whole.crop((120, 0, 340, 250)).save(file, "JPEG")
    made["face"] = file.getvalue()
    return made


def mutated(data: bytes, chance: Random) -> bytes:
    """A few bytes changed, put in, taken out, the start repeated, or the end cut off."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(result) + 1)
        match chance.randrange(6):
            case 0 if at < len(result):
                result[at] = chance.randrange(256)
            case 1 if at < len(result):
                result[at] ^= 1 << chance.randrange(8)
            case 2:
                result[at:at] = chance.randbytes(chance.randint(1, 9))
            case 3:
                del result[at : at + chance.randint(1, 40)]
            case 4:
                result += result[:at]
            case _ if chance.random() < 0.4:
                del result[at:]
    return bytes(result)


def damaged(known: Mapping[str, bytes], chance: Random) -> bytes:
    """A photo that is whole (seldom), changed here and there, or spliced from two."""
    names = [name for name in known if name != "face" or chance.random() < 0.1]
    photo = known[chance.choice(names)]
    match chance.randrange(10):
        case 0:
            return photo
        case 1:
            other = known[chance.choice(names)]
            return photo[: chance.randrange(len(photo))] + other[chance.randrange(len(other)) :]
        case 2:
            return photo[: chance.randrange(len(photo) + 1)]
    return mutated(photo, chance)


_FIELDS = (
    ("seed", b"5"), ("seed", b"-1"), ("turn", b"90"), ("turn", b"91"), ("seconds", b"nan"), ("gesture", b"smile,wink"),
    ("face", b"\xff\xfe"), ("face", b"left"), ("motion", b"idle"), ("nobody", b"x" * 300), ("", b""),
    ("photo", b"twice"),
)  # fmt: skip


def form(photo: bytes, chance: Random) -> bytes:
    """A multipart form with the boundary x: mostly right, sometimes with odd parts or damaged as a whole."""
    parts = [(b'name="photo"; filename="a"', b"image/jpeg", photo)]
    for _ in range(chance.choice((0, 0, 0, 0, 0, 0, 1, 2, 20))):
        name, value = chance.choice(_FIELDS)
        parts.insert(chance.randrange(len(parts) + 1), (b'name="%b"' % name.encode(), b"text/plain", value))
    body = b"".join(
        b"--x\r\nContent-Disposition: form-data; %b\r\nContent-Type: %b\r\n%b\r\n%b\r\n"
        % (name, kind, odd(chance), value)
        for name, kind, value in parts
    )
    body += chance.choice((b"--x--\r\n", b"--x--\r\n", b"--x--\r\n", b"--x--", b"--x\r\n", b""))
    return mutated(body, chance) if chance.random() < 0.15 else body


def odd(chance: Random) -> bytes:
    """Now and then a header that a part should not have."""
    if chance.random() < 0.93:
        return b""
    return chance.choice(
        (
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Transfer-Encoding: quoted-printable\r\n",
            b"Content-Transfer-Encoding: nonsense\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Content-Encoding: nonsense\r\n",
            b"Content-Length: 99999\r\n",
            b"Content-Type: multipart/mixed; boundary=y\r\n",
            b"X: " + b"y" * 9000 + b"\r\n",
            b"\xff\xfe: \x00\r\n",
        )
    )
