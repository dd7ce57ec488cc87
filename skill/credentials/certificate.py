"""Certificates that sign content credentials: the operator's own, or one for development made on this machine."""

from __future__ import annotations

import datetime
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DEVELOPMENT_ISSUER: Final = "Ozhivi (development)"
"""Organisation in a certificate for development: nobody vouches for it, and readers say so."""

_DEVELOPMENT_DAYS: Final = 3650
_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


class CertificateError(Exception):
    """A certificate or its key can't be used."""


class Certificate(NamedTuple):
    """A certificate with its key."""

    chain: str
    """The signer's certificate and those above it, PEM and nothing else."""
    key: str
    """The private key, PKCS 8 in PEM without a password."""
    algorithm: str
    """C2PA's name of the signature's algorithm, by the kind of the key."""


def parse_certificate(chain: str, key: str) -> Certificate:
    """Check a chain of certificates and the key of its first.

    Args:
        chain: PEM, the signer's first; a key in it is left out.
        key: PEM, without a password.

    Raises:
        CertificateError: It is no PEM, the key is another's, its kind is not allowed, or the time of the certificate
            has not come or is over.
    """
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
        first = certificates[0]
        private = serialization.load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, IndexError):
        raise CertificateError("not PEM, or with a password") from None
    if private.public_key() != first.public_key():
        raise CertificateError("the key is not that of the first certificate")
    if not first.not_valid_before_utc <= datetime.datetime.now(datetime.UTC) < first.not_valid_after_utc:
        raise CertificateError("the certificate is not valid at this time")
    pem = serialization.Encoding.PEM
    plain_key = private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    plain_chain = b"".join(one.public_bytes(pem) for one in certificates)
    return Certificate(plain_chain.decode(), plain_key.decode(), _algorithm(private))


def _algorithm(key: object) -> str:
    match key:
        case ec.EllipticCurvePrivateKey() if key.curve.name in _CURVES:
            return _CURVES[key.curve.name]
        case ed25519.Ed25519PrivateKey():
            return "ed25519"
        case rsa.RSAPrivateKey() if key.key_size >= 2048:
            return "ps256"
    raise CertificateError("the key is neither of P-256, P-384 or P-521, nor Ed25519, nor RSA of 2048 bits")


def make_development_pem() -> str:
    """Make a certificate for development: chain and key in one text of PEM; the key of its root is thrown away."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root, public = _name("root"), key.public_key()
    above = (
        _builder(root, root, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    own = (
        _builder(_name("signer"), root, public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(authority, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (own.public_bytes(pem) + above.public_bytes(pem) + private).decode()


def _name(name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEVELOPMENT_ISSUER)
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))  # clocks differ
        .not_valid_after(now + datetime.timedelta(days=_DEVELOPMENT_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
