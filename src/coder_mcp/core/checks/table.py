"""Every check of `coder-mcp doctor`, in the order of its lines: what each looks at and can find."""

from collections.abc import Mapping
from dataclasses import dataclass

from coder_mcp.core.checks.check import Status


@dataclass(frozen=True)
class Looked:
    """One check.

    Attributes:
        name: As its line begins.
        at: What is looked at.
        needs: The checks that it can only be made after: where one of them fails, it is skipped.
        causes: What each status means that it can have, besides `skipped` for want of `needs`.
    """

    name: str
    at: str
    needs: tuple[str, ...]
    causes: Mapping[Status, str]


CHECKS: tuple[Looked, ...] = (
    Looked(
        "settings",
        "every variable of the environment that is read",
        (),
        {
            "ok": "all are valid; those that are set are named, and where they are from",
            "warn": "a variable has no effect: it is misspelt, or not supported",
            "fail": "a variable is not valid; no tool works until it is fixed",
        },
    ),
    Looked(
        "deployment",
        "the address: `CODER_URL`, else what `coder login` left",
        (),
        {
            "ok": "there is one",
            "fail": "there is none, or it is no address of a deployment",
        },
    ),
    Looked(
        "certificates",
        "the trust store, and the files that certificate variables name",
        (),
        {
            "ok": "they can be read",
            "fail": "a file is missing, or holds no certificate or key that can be used",
        },
    ),
    Looked(
        "proxy",
        "whether a proxy is on the way, which variable names it, and whether it opens the way",
        ("deployment",),
        {
            "ok": "there is none, or it lets requests through",
            "fail": "its variable is no address of a proxy, or it refuses (403, 407)",
        },
    ),
    Looked(
        "DNS",
        "the addresses of the deployment's host, or of the proxy's",
        ("deployment", "proxy"),
        {"ok": "it has some", "fail": "the name is unknown, or nobody told in time"},
    ),
    Looked(
        "TCP",
        "a connection to that host",
        ("DNS",),
        {"ok": "it takes connections", "fail": "nobody listens, or packets vanish"},
    ),
    Looked(
        "TLS",
        "the deployment's certificate, against what is trusted",
        ("TCP", "proxy", "certificates"),
        {
            "ok": "it is trusted; or TLS is not used, and the deployment is this computer",
            "warn": "the deployment is reached by plain http over a network",
            "fail": (
                "it is not trusted (expired, of another host, of an authority that only a company"
                " or a proxy between has), the deployment wants a client certificate, or what"
                " listens there does not speak TLS"
            ),
        },
    ),
    Looked(
        "API",
        "`GET /api/v2/buildinfo`, without the session token",
        ("TLS",),
        {
            "ok": "Coder answers",
            "fail": (
                "a sign-in page, another product or a redirect answers; or nobody does; or the"
                " deployment itself fails (5xx)"
            ),
        },
    ),
    Looked(
        "version",
        "the server's version, and what of it is used",
        ("API",),
        {
            "ok": "it has all that is used, or is a build without a number",
            "warn": "it is older than something that is used: what is lost is named",
        },
    ),
    Looked(
        "clock",
        "this computer's clock beside the deployment's",
        ("API",),
        {
            "ok": "they agree, or the deployment does not tell the time",
            "warn": "they are more than a minute apart",
        },
    ),
    Looked(
        "token",
        "the session token: whether there is one, whether it is accepted, whose, until when",
        ("API",),
        {
            "ok": "it is accepted",
            "warn": "it ends within 24 hours",
            "fail": (
                "there is none, it is not accepted, or the account is not active; or the"
                " deployment fails to answer"
            ),
        },
    ),
    Looked(
        "scopes",
        "what the session token is limited to, and which tools cannot work with it",
        ("token",),
        {
            "ok": "it leaves out nothing that a tool needs",
            "warn": "some tools cannot work, or the scopes are not visible to it",
        },
    ),
    Looked(
        "WebSocket",
        "the watch stream of one of the person's workspaces",
        ("token",),
        {
            "ok": "it opens and brings something",
            "warn": "it is refused, or brings nothing: builds are looked at every few seconds",
            "fail": "the deployment fails to answer which workspaces there are",
            "skipped": "the person has no workspace that could be watched",
        },
    ),
    Looked(
        "organizations",
        "those that the person belongs to",
        ("token",),
        {
            "ok": "there are some",
            "warn": "there are none, or the token does not see them",
            "fail": "the deployment fails to answer",
        },
    ),
    Looked(
        "quota",
        "credits used and left in each of them",
        ("organizations",),
        {
            "ok": "there are credits left, or quotas are not enforced",
            "warn": "none are left somewhere, or the token does not see them",
            "fail": "the deployment fails to answer",
        },
    ),
    Looked(
        "templates",
        "how many the person may use",
        ("token",),
        {
            "ok": "there are some",
            "warn": "there are none, so no workspace can be created",
            "fail": "the deployment fails to answer",
        },
    ),
    Looked(
        "process start",
        "a fresh `coder-mcp serve`, as a client launches it (not in the chat)",
        (),
        {
            "ok": "it answers soon",
            "warn": "it takes long: some clients give up",
            "fail": "it does not answer, or ends",
        },
    ),
)
