"""Files of certificates and keys that cannot be used: which variable names them, and why."""

from collections.abc import Callable
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from certificates import Authority
from coder_mcp.api.tls import tls_context
from coder_mcp.errors import SettingsError
from coder_mcp.network import Network


class Files:
    """An authority's, in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.authority = Authority(directory)

    def written(self, name: str, content: str) -> str:
        (self.directory / name).write_text(content)
        return str(self.directory / name)

    def shown(self, certificate_file: str = "", key_file: str = "") -> Network:
        issued = [str(path) for path in self.authority.issued("person")]
        return Network(
            certificate_file=certificate_file or issued[0], key_file=key_file or issued[1]
        )


WRONG: dict[str, tuple[Callable[[Files], Network], str]] = {
    "no file": (
        lambda files: Network(ca_files=(("CODER_MCP_CA_FILE", str(files.directory / "none")),)),
        snapshot(
            "CODER_MCP_CA_FILE: /there/none cannot be read (FileNotFoundError). Correct it in the server's configuration."
        ),
    ),
    "no certificate": (
        lambda files: Network(
            ca_files=(("CODER_CLIENT_TLS_CA_FILE", files.written("a.txt", "SECRET")),)
        ),
        snapshot(
            "CODER_CLIENT_TLS_CA_FILE: /there/a.txt holds no certificate in PEM form. Correct it in the server's configuration."
        ),
    ),
    "half a certificate": (
        lambda files: Network(
            ca_files=(
                ("CODER_MCP_CA_FILE", files.written("a.pem", "-----BEGIN CERTIFICATE-----\nSEC")),
            )
        ),
        snapshot(
            "CODER_MCP_CA_FILE: the certificates of /there/a.pem cannot be read (SSLError). Correct it in the server's configuration."
        ),
    ),
    "a key as the certificate": (
        lambda files: files.shown(certificate_file=str(files.authority.issued("other")[1])),
        snapshot(
            "CODER_CLIENT_TLS_CERT_FILE: /there/other.key holds no certificate in PEM form. Correct it in the server's configuration."
        ),
    ),
    "a certificate as the key": (
        lambda files: files.shown(key_file=str(files.authority.issued("other")[0])),
        snapshot(
            "CODER_CLIENT_TLS_KEY_FILE: /there/other.crt holds no private key in PEM form. Correct it in the server's configuration."
        ),
    ),
    "the key of another": (
        lambda files: files.shown(key_file=str(files.authority.issued("other")[1])),
        snapshot(
            "CODER_CLIENT_TLS_KEY_FILE: the key of /there/other.key does not belong to the certificate of /there/person.crt (CODER_CLIENT_TLS_CERT_FILE). Correct it in the server's configuration."
        ),
    ),
    "a protected key": (
        lambda files: files.shown(key_file=str(files.authority.issued("o", password=b"SECRET")[1])),
        snapshot(
            "CODER_CLIENT_TLS_KEY_FILE: the key of /there/o.key is protected by a password, which cannot be asked for here. Give a file with the key alone, readable by you only."
        ),
    ),
    "no key": (
        lambda files: files.shown(key_file=str(files.directory / "none")),
        snapshot(
            "CODER_CLIENT_TLS_KEY_FILE: /there/none cannot be read (FileNotFoundError). Correct it in the server's configuration."
        ),
    ),
    "half a key": (
        lambda files: files.shown(
            key_file=files.written("a.key", "-----BEGIN EC PRIVATE KEY-----\nSECRET")
        ),
        snapshot(
            "CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE cannot be used (SSLError). Correct it in the server's configuration."
        ),
    ),
}


@pytest.mark.parametrize(("network", "told"), WRONG.values(), ids=WRONG)
def test_a_file_that_cannot_be_used_is_told_with_its_variable(
    network: Callable[[Files], Network], told: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as error:
        tls_context(network(Files(tmp_path)))
    text = str(error.value).replace(str(tmp_path), "/there").replace("\\", "/")
    assert text == told
    assert "SECRET" not in text


def test_files_that_are_good_can_be_used(tmp_path: Path) -> None:
    files = Files(tmp_path)
    tls_context(Network(ca_files=(("CODER_MCP_CA_FILE", str(files.authority.file)),)))
    tls_context(files.shown())
