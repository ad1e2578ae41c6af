"""What is said of the settings, of the way to the deployment, and of its server. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from coder_mcp.core.checks.check import Check
from coder_mcp.core.errands import sentences
from coder_mcp.core.quota import release
from coder_mcp.core.text import one_line

SKEW = timedelta(seconds=60)
"""Beyond this the clocks disagree.

An answer may be ten seconds old, and its time is in whole ones, so less tells little. Waits and the
ends of tokens go by the deployment's clock alone; what goes by this computer's are certificates and
sign-ins, which forgive minutes.
"""

_LOST = (
    ((2, 22), "builds are not watched (watch-ws) but looked at every few seconds"),
    ((2, 24), "parameters are not checked as the template's code has them (dynamic parameters)"),
    ((2, 34), "a quota failure has no code of its own and is known by its exact text alone"),
)
_MEND_SETTINGS = "Correct the server's configuration."
_PLAIN = "Use https where the deployment has it."


def about_settings(
    problems: Sequence[str], warnings: Sequence[str], values: Sequence[str]
) -> Check:
    """Whether all of them can be understood; `values` are those that are set, in words."""
    said = sentences(*problems, *warnings) or "All settings are valid."
    shown = f"From {'; from '.join(values)}." if values else "None is set."
    return Check(
        name="settings",
        status="fail" if problems else "warn" if warnings else "ok",
        message=sentences(said, shown),
        next_step=_MEND_SETTINGS if problems or warnings else None,
    )


def about_deployment(url: str, source: str) -> Check:
    """Which one is meant."""
    return Check(name="deployment", status="ok", message=f"{url}, from {source}.")


def about_certificates(trusted: Sequence[str]) -> Check:
    """Whom certificates may come from."""
    return Check(name="certificates", status="ok", message=f"Trusted: {' and '.join(trusted)}.")


def about_proxy(variable: str, place: str) -> Check:
    """The proxy on the way, at `host:port`; none where that is empty."""
    named = variable or "The system's settings"
    said = f"{named} names {place}, which is the way to the deployment."
    return Check(name="proxy", status="ok", message=said if place else "No proxy is used.")


def about_addresses(host: str, found: Sequence[str]) -> Check:
    """The addresses of the host that is connected to."""
    if not found:
        said = f"{host} is not found from here, but an answer came all the same."
    elif [host] == list(found):
        said = f"{host} is an IP address; no name to look up."
    else:
        said = f"{host} is {', '.join(found[:3])}."
    return Check(name="DNS", status="ok", message=said)


def about_connection(place: str, *, is_taken: bool) -> Check:
    """The host and port that was connected to; an answer can have come without it."""
    said = "takes connections." if is_taken else "takes none, but an answer came all the same."
    return Check(name="TCP", status="ok", message=f"{place} {said}")


def about_encryption(host: str, *, is_https: bool, is_here: bool) -> Check:
    """TLS with the deployment, once it was spoken with."""
    if is_https:
        return Check(name="TLS", status="ok", message=f"The certificate of {host} is trusted.")
    if is_here:
        return Check(name="TLS", status="ok", message="Not used: it is on this computer.")
    said = f"Not used: the session token goes to {host} unencrypted."
    return Check(name="TLS", status="warn", message=said, next_step=_PLAIN)


def about_no_encryption(url: str) -> Check:
    """What takes connections, and then does not speak TLS."""
    return Check(
        name="TLS",
        status="fail",
        message=f"{url} takes connections, but says nothing to an encrypted one (TLS).",
        next_step="Is the port right? If it is, tell the administrator of the deployment.",
    )


def about_api(url: str) -> Check:
    """Coder's own API answers."""
    return Check(name="API", status="ok", message=f"Coder answers at {url}.")


def about_version(server_version: str) -> Check:
    """What of it is used, and what is lost where it is too old for something."""
    known = release(server_version)
    shown = one_line(server_version, 60)
    if known is None:
        said = f"Coder {shown} is a build without a number; it is taken for a new one."
        return Check(name="version", status="ok", message=said)
    lost = [f"{what} (from {first[0]}.{first[1]} on)" for first, what in _LOST if known < first]
    if not lost:
        return Check(name="version", status="ok", message=f"Coder {shown} has all that is used.")
    return Check(
        name="version",
        status="warn",
        message=f"Coder {shown} is old: {'; '.join(lost)}.",
        next_step="An administrator of the deployment can update it.",
    )


def about_clock(date: datetime | None, asked_at: datetime, answered_at: datetime) -> Check:
    """How far this computer's clock is certainly off the deployment's, which is `date`."""
    if date is None:
        said = "The deployment does not tell its time."
        return Check(name="clock", status="ok", message=said)
    behind, ahead = date - answered_at, asked_at - (date + timedelta(seconds=1))
    if max(behind, ahead) <= SKEW:
        said = "This computer's clock agrees with the deployment's."
        return Check(name="clock", status="ok", message=said)
    seconds, which = (behind, "behind") if behind > ahead else (ahead, "ahead of")
    return Check(
        name="clock",
        status="warn",
        message=(
            f"This computer's clock is {seconds.total_seconds():.0f} seconds {which} the"
            " deployment's."
        ),
        next_step="Let it be set by the network (NTP): certificates and sign-ins go by it.",
    )
