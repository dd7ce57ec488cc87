"""Content credentials as the operator's settings want them."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image

from skill.credentials.certificate import Certificate, CertificateError, parse_certificate
from skill.credentials.signing import SETTINGS, CredentialSigner, Sign, leave_unsigned
from skill.secrets import development_credentials
from skill.settings import Settings, WrongSettings

_NAMES: Final = "OZHIVI_CREDENTIALS_CERTIFICATE, OZHIVI_CREDENTIALS_KEY"


def open_credentials(settings: Settings) -> Sign:
    """The function that gives files their credentials, tried once on a picture of one pixel.

    Raises:
        WrongSettings: The operator's certificate or key can't be used, or the data folder can't.
    """
    if not settings.credentials:
        return leave_unsigned
    sign = CredentialSigner(_certificate(settings))
    with tempfile.TemporaryDirectory(prefix="ozhivi-") as folder:
        trial = Path(folder) / "trial.jpg"
        Image.new("RGB", (1, 1)).save(trial)
        if not sign(trial, "jpg"):
            raise WrongSettings(f"{_NAMES}: this certificate can't sign content credentials; see docs/credentials.md")
    return sign


def read_credentials(data: bytes, media_type: str) -> dict[str, Any]:
    """The credentials of a file as C2PA's own reader sees them.

    Args:
        data: The file.
        media_type: As "video/mp4".

    Returns:
        Its JSON; "validation_state" is "Valid", "Trusted" or "Invalid".

    Raises:
        c2pa.C2paError: There are none.
    """
    import c2pa  # noqa: PLC0415

    found: dict[str, Any] = json.loads(
        c2pa.Reader(media_type, io.BytesIO(data), context=c2pa.Context(c2pa.Settings.from_dict(SETTINGS))).json()
    )
    return found


def _certificate(settings: Settings) -> Certificate:
    if settings.credentials_certificate is None or settings.credentials_key is None:
        pem = development_credentials(settings)
        return parse_certificate(pem, pem)
    try:
        chain = settings.credentials_certificate.read_text(encoding="ascii")
        key = settings.credentials_key.read_text(encoding="ascii")
        return parse_certificate(chain, key)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{_NAMES}: can't be read ({type(error).__name__})") from None
    except CertificateError as error:
        raise WrongSettings(f"{_NAMES}: {error}") from None
