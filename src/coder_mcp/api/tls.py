"""Whom the deployment's certificate may come from, and which one is shown to it."""

import re
import ssl
from pathlib import Path

import httpx2

from coder_mcp.errors import SettingsError
from coder_mcp.network import CERTIFICATE, KEY, Network

_A_CERTIFICATE = re.compile(rb"-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----")
_A_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_MEND = "Correct it in the server's configuration."


def tls_context(network: Network) -> ssl.SSLContext:
    """What httpx2 trusts (the system, else `SSL_CERT_FILE`, `SSL_CERT_DIR`), and these files too.

    Raises:
        SettingsError: A file cannot be used, and which variable names it.
    """
    try:
        context = httpx2.create_ssl_context()
    except OSError as error:
        raise SettingsError(
            f"SSL_CERT_FILE or SSL_CERT_DIR of the environment cannot be used: {_kind(error)}."
            " Correct or remove it in the server's configuration."
        ) from error
    for variable, path in network.ca_files:
        _held(variable, path, _A_CERTIFICATE, "certificate")
        try:
            context.load_verify_locations(cafile=path)
        except OSError as error:
            raise SettingsError(
                f"{variable}: the certificates of {path} cannot be read ({_kind(error)}). {_MEND}"
            ) from error
    if network.certificate_file:
        _show_certificate(context, network)
    return context


def _show_certificate(context: ssl.SSLContext, network: Network) -> None:
    _held(CERTIFICATE, network.certificate_file, _A_CERTIFICATE, "certificate")
    _held(KEY, network.key_file, _A_KEY, "private key")
    asked: list[str] = []

    def password() -> str:
        """None: without this OpenSSL would ask for one at a terminal, and wait."""
        asked.append(network.key_file)
        return ""

    try:
        context.load_cert_chain(network.certificate_file, network.key_file, password)
    except OSError as error:
        if asked:
            raise SettingsError(
                f"{KEY}: the key of {network.key_file} is protected by a password, which cannot be"
                " asked for here. Give a file with the key alone, readable by you only."
            ) from error
        if "MISMATCH" in (getattr(error, "reason", None) or ""):
            raise SettingsError(
                f"{KEY}: the key of {network.key_file} does not belong to the certificate of"
                f" {network.certificate_file} ({CERTIFICATE}). {_MEND}"
            ) from error
        raise SettingsError(
            f"{CERTIFICATE} and {KEY} cannot be used ({_kind(error)}). {_MEND}"
        ) from error


def _held(variable: str, path: str, what: re.Pattern[bytes], called: str) -> None:
    """Refuse a file that does not hold what it should, by what is in it; nothing of it is shown."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{variable}: {path} cannot be read ({_kind(error)}). {_MEND}"
        ) from error
    if not what.search(content):
        raise SettingsError(f"{variable}: {path} holds no {called} in PEM form. {_MEND}")


def _kind(error: OSError) -> str:
    return type(error).__name__
