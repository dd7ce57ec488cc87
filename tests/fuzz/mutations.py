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


def mutate(data: bytes, rng: Random) -> bytes:
    """A few bytes changed, put in, taken out, the start repeated, or the end cut off."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(result) + 1)
        match rng.randrange(6):
            case 0 if at < len(result):
                result[at] = rng.randrange(256)
            case 1 if at < len(result):
                result[at] ^= 1 << rng.randrange(8)
            case 2:
                result[at:at] = rng.randbytes(rng.randint(1, 9))
            case 3:
                del result[at : at + rng.randint(1, 40)]
            case 4:
                result += result[:at]
            case _ if rng.random() < 0.4:
                del result[at:]
    return bytes(result)


def damage(known: Mapping[str, bytes], rng: Random) -> bytes:
    """A photo that is whole (seldom), changed here and there, or spliced from two."""
    names = [name for name in known if name != "face" or rng.random() < 0.1]
    photo = known[rng.choice(names)]
    match rng.randrange(10):
        case 0:
            return photo
        case 1:
            other = known[rng.choice(names)]
            return photo[: rng.randrange(len(photo))] + other[rng.randrange(len(other)) :]
        case 2:
            return photo[: rng.randrange(len(photo) + 1)]
    return mutate(photo, rng)


_FIELDS = (
    ("seed", b"5"), ("seed", b"-1"), ("turn", b"90"), ("turn", b"91"), ("seconds", b"nan"), ("gesture", b"smile,wink"),
    ("face", b"\xff\xfe"), ("face", b"left"), ("motion", b"idle"), ("nobody", b"x" * 300), ("", b""),
    ("photo", b"twice"),
)  # fmt: skip


def form(photo: bytes, rng: Random) -> bytes:
    """A multipart form with the boundary x: mostly right, sometimes with odd parts or damaged as a whole."""
    parts = [(b'name="photo"; filename="a"', b"image/jpeg", photo)]
    for _ in range(rng.choice((0, 0, 0, 0, 0, 0, 1, 2, 20))):
        name, value = rng.choice(_FIELDS)
        parts.insert(rng.randrange(len(parts) + 1), (b'name="%b"' % name.encode(), b"text/plain", value))
    body = b"".join(
        b"--x\r\nContent-Disposition: form-data; %b\r\nContent-Type: %b\r\n%b\r\n%b\r\n"
        % (name, kind, odd_header(rng), value)
        for name, kind, value in parts
    )
    body += rng.choice((b"--x--\r\n", b"--x--\r\n", b"--x--\r\n", b"--x--", b"--x\r\n", b""))
    return mutate(body, rng) if rng.random() < 0.15 else body


def odd_header(rng: Random) -> bytes:
    """Now and then a header that a part should not have."""
    if rng.random() < 0.93:
        return b""
    return rng.choice(
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
