"""The company's certificate authority: issues real X.509 certificates for the services that listen with TLS."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NORMAL_DAYS = 180.0


class Authority:
    def __init__(self, folder: Path, company: str) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _named(f"{company} internal CA")
        folder.mkdir(exist_ok=True)
        (folder / "ca.pem").write_bytes(
            _pem(self._sign(self.name, self.key.public_key(), days=3_650.0, authority=True))
        )

    def issue(self, name: str, *, days: float = NORMAL_DAYS) -> None:
        """Write `{name}.pem` and `{name}.key`, valid for that many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_named(name), key.public_key(), days=days, host=name)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(self.folder / f"{name}.key", secret)
        _write(self.folder / f"{name}.pem", _pem(certificate))

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *,
        days: float,
        host: str = "",
        authority: bool = False,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=30))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def read_certificate(der: bytes) -> tuple[dt.datetime, str]:
    """End of validity and serial number (hexadecimal) of a certificate."""
    certificate = x509.load_der_x509_certificate(der)
    return certificate.not_valid_after_utc, f"{certificate.serial_number:x}"


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    waiting = path.with_suffix(path.suffix + ".new")
    waiting.touch(mode=0o600)
    waiting.write_bytes(content)
    waiting.replace(path)
