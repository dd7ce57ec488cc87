"""Certificates: the one for development is whole, and what can't sign is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec

from skill.credentials.certificate import CertificateError, make_development_pem, parse_certificate


def private_pem(key: ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def test_one_for_development_is_its_own_each_time() -> None:
    one, other = make_development_pem(), make_development_pem()
    assert one != other
    assert parse_certificate(one, one).algorithm == "es256"
    with pytest.raises(CertificateError, match="not that of"):
        parse_certificate(one, other)


@pytest.mark.parametrize("wrong", ["", "no PEM", private_pem(ec.generate_private_key(ec.SECP256R1()))])
def test_what_is_no_certificate_is_refused(wrong: str) -> None:
    with pytest.raises(CertificateError, match="PEM"):
        parse_certificate(wrong, make_development_pem())
