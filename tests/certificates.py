"""Certificates that vouch for themselves, good or not, and authorities of the tests' own."""

from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from builders import BEGAN

Key = ec.EllipticCurvePrivateKey
HOST = "coder.test"


def certificate(
    file: Path, *, host: str = "127.0.0.1", until: timedelta = timedelta(days=36500)
) -> Path:
    """A file with a certificate for an address, good until so long after now, and its key."""
    key = new_key()
    made = _built("coder.example.com", key, host=host, until=until)
    file.write_bytes(_pem(made.sign(key, hashes.SHA256())) + _key_pem(key))
    return file


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


class Authority:
    """One that nobody else trusts.

    Attributes:
        file: Its own certificate.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = new_key()
        self._name = f"An authority of the tests in {directory.name}"[:64]
        builder = _built(self._name, self._key)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.file = directory / "authority.pem"
        self.file.write_bytes(_pem(builder.sign(self._key, hashes.SHA256())))

    def issued(self, name: str, *, password: bytes = b"") -> tuple[Path, Path]:
        """A certificate for this machine and `coder.test`, and its key, each in a file."""
        key = new_key()
        made = _built(name, key, issuer=self._name)
        certificate_file = self._directory / f"{name}.crt"
        certificate_file.write_bytes(_pem(made.sign(self._key, hashes.SHA256())))
        key_file = self._directory / f"{name}.key"
        key_file.write_bytes(_key_pem(key, password))
        return certificate_file, key_file


def _built(
    name: str,
    key: Key,
    *,
    issuer: str = "",
    host: str = "127.0.0.1",
    until: timedelta = timedelta(days=36500),
) -> x509.CertificateBuilder:
    addresses = [x509.IPAddress(IPv4Address(host)), x509.DNSName(HOST)]
    return (
        x509.CertificateBuilder(
            _named(issuer or name), _named(name), key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(BEGAN - timedelta(days=3650))
        .not_valid_after(BEGAN + until)
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: Key, password: bytes = b"") -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption(),
    )
