"""Certificates that vouch for themselves, good or not."""

from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from builders import BEGAN


def certificate(
    file: Path, *, host: str = "127.0.0.1", until: timedelta = timedelta(days=36500)
) -> Path:
    """A file with a certificate for an address, good until so long after now, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "coder.example.com")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(host))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(BEGAN - timedelta(days=3650))
        .not_valid_after(BEGAN + until)
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    parts = (
        made.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    file.write_bytes(b"".join(parts))
    return file
