"""docs/doctor.md: what `coder-mcp doctor` shows in four states, by running it, and its checks.

Addresses, times and the names of directories are replaced, so that each run says the same.
"""

import http.server
import json
import logging
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import anyio.to_thread
from pydantic import TypeAdapter

# The networks and certificates of the tests.
sys.path.append(str(Path(__file__).parent.parent / "tests"))

from certificates import HOST, Authority
from coder_mcp import __version__
from coder_mcp.configuring.inspection import CHECKS as CLIENT_CHECKS
from coder_mcp.core.checks.check import Check, worst
from coder_mcp.core.checks.table import CHECKS
from coder_mcp.doctor.screen import EXITS, screen
from networks import HERE, Between

WIDTH = 100
TITLE = f"coder-mcp {__version__}, Python 3.13.7 on Linux, with the environment of this terminal"
_REASON = "unable to get local issuer certificate"  # OpenSSL's; other systems have other words
TOKEN = "EXAMPLEid1-EXAMPLEsecretEXAMPLEse"  # noqa: S105  # of the shape that Coder's have
STATES = {
    "fine": "All is well",
    "wrong token": "A session token that the deployment does not accept",
    "wrong URL": "An address that is not the deployment's: a web page answers",
    "untrusted proxy": "A proxy that puts a certificate of its own into the way",
}
# What each check of the clients' files says where it is not ok, and what to do then.
OF_CLIENTS = {
    "clients": (
        "no client's file names this server, or the environment names no home",
        "`coder-mcp configure CLIENT`",
    ),
    "client file": (
        "the client cannot read its file, so it starts none of its servers; the line is said",
        "fix it; a copy from before `configure` may be beside it (`.coder-mcp.bak`)",
    ),
    "client entry": (
        "the entry sets an option that cannot be read, or one that has no effect",
        "correct it: [configuration.md](configuration.md)",
    ),
    "client command": (
        "the command is gone, or not on the `PATH` that the client has",
        "`coder-mcp configure CLIENT`, which writes the absolute path",
    ),
    "client version": ("the entry starts another version than the one that looks", "the same"),
    "client token": (
        "the token stands where others can read it, or a placeholder in its place",
        "`coder login`, then `coder-mcp configure CLIENT`: no file needs a token",
    ),
    "client deployment": (
        "the address cannot be one, is a placeholder, or nobody is signed in to it",
        "`coder login` for the deployment that is meant, or correct `CODER_URL`",
    ),
    "client time limit": (
        "a call waits longer than the client lets it",
        "raise the client's limit, or lower `CODER_MCP_WAIT_SECONDS`",
    ),
}
PREFACE = """\
# coder-mcp doctor

Made by `python3 dev.py docs`, by running it; a test holds it to what a run prints.

`coder-mcp doctor` looks at everything that can keep the server from working: a line a check, with
`ok`, `warn` (it works, but not as well as it should), `fail` or `skipped` (it could not be looked
at), and below what fixes it. It only reads, takes at most half a minute, and shows no token. Its
exit status is 0 where all is well, 1 where something needs attention, 2 where something fails;
`--json` gives one object on one line for a machine.

It sees the environment of the terminal that it is run in. A client starts the server with an
environment of its own: where calls fail there and all is well here, ask the model to call
`whoami`, which answers with the same lines from inside the client.
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run came to."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> int:
        """Its exit status."""
        return EXITS[worst(self.checks)]


def written() -> str:
    """The page, from new runs."""
    return page(anyio.run(runs))


async def runs() -> dict[str, Run]:
    """What it finds in each state; the four are run beside each other."""
    found: dict[str, Run] = {}

    async def one(state: str, environ: dict[str, str]) -> None:
        found[state] = await anyio.to_thread.run_sync(lambda: run(**environ))

    with web_page() as page_url, TemporaryDirectory() as home:
        configured(home)
        async with (
            simulating() as login,
            intercepting() as proxied,
            anyio.create_task_group() as tasks,
        ):
            for state, environ in {
                "fine": login,
                "wrong token": {**login, "CODER_SESSION_TOKEN": TOKEN},
                "wrong URL": {"CODER_URL": page_url, "CODER_SESSION_TOKEN": TOKEN},
                "untrusted proxy": {**proxied, "CODER_SESSION_TOKEN": TOKEN},
            }.items():
                tasks.start_soon(one, state, environ | {"HOME": home, "USERPROFILE": home})
    return found


def configured(home: str) -> None:
    """Let Cursor know the server, in this home directory."""
    command = ("configure", "cursor", "--yes", "--url", "https://coder.corp.example")
    if "Written." not in coder_mcp(*command, HOME=home, USERPROFILE=home).stdout:
        raise RuntimeError


def coder_mcp(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, in an environment and a directory that have nothing else to say."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    path = os.pathsep.join(one for one in sys.path if one)
    return subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-m", "coder_mcp", *arguments],
        env={**kept, "PYTHONPATH": path, **environ},
        cwd=environ["HOME"],
        capture_output=True,
        text=True,
        check=False,
    )


def run(**environ: str) -> Run:
    """One run."""
    answer = coder_mcp("doctor", "--json", **environ)
    if not answer.stdout or answer.stderr:
        raise RuntimeError(answer.stderr)
    checks = TypeAdapter(tuple[Check, ...]).validate_python(json.loads(answer.stdout)["checks"])
    if answer.returncode != EXITS[worst(checks)]:
        raise RuntimeError(answer.returncode)
    port = 3128 if "HTTPS_PROXY" in environ else 3000  # what is connected to
    return Run(checks=tuple(masked(check, port) for check in checks))


def masked(check: Check, port: int) -> Check:
    """The check as it is in every run, on whatever computer, however busy that is."""
    if check.name == "process start" and check.status == "warn":
        message = check.message.partition(" Some clients")[0]
        check = Check(name=check.name, status="ok", message=message)
    text = check.model_dump_json()
    text = re.sub(rf"{re.escape(HOST)}(:\d+)?", "coder.example.com", text)
    text = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", text)
    text = re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-03-02T12:00:00Z", text)
    text = re.sub(r"after \d+\.\d s", "after 0.7 s", text)
    text = re.sub(r"does not trust \([^)]*\)", f"does not trust ({_REASON})", text)
    return Check.model_validate_json(text)


def page(found: dict[str, Run]) -> str:
    """The page of these runs."""
    screens = [
        f"## {title}\n\n```text\n$ coder-mcp doctor\n"
        f"{screen(TITLE, found[state].checks, WIDTH)}```\n\nExit status {found[state].status}.\n"
        for state, title in STATES.items()
    ]
    return "\n".join([PREFACE, *screens, *table()])


def table() -> Iterable[str]:
    """Every check, and what each of its states means."""
    yield "## The checks\n"
    yield "A check that needs another one is skipped where that fails, and says so.\n"
    yield "| check | looks at | needs | states |"
    yield "|---|---|---|---|"
    for looked in CHECKS:
        causes = "<br>".join(f"`{status}`: {cause}" for status, cause in looked.causes.items())
        yield f"| {looked.name} | {looked.at} | {', '.join(looked.needs)} | {causes} |"
    yield ""
    yield "Of each client's file, and of a project's in the directory where it is run:\n"
    yield "| check | looks at | not ok | what to do |"
    yield "|---|---|---|---|"
    for name, at in CLIENT_CHECKS.items():
        yield f"| {name} | {at} | {' | '.join(OF_CLIENTS[name])} |"
    yield ""


@asynccontextmanager
async def simulating() -> AsyncGenerator[dict[str, str]]:
    """The environment for a simulator in a process of its own."""
    command = [sys.executable, "-m", "coder_mcp", "simulate", "--seeded"]
    path = os.pathsep.join(one for one in sys.path if one)
    environ = {**os.environ, "PYTHONPATH": path}
    async with await anyio.open_process(command, stderr=None, env=environ) as process:
        if process.stdout is None:
            raise RuntimeError
        line = (await process.stdout.receive()).decode()
        try:
            yield dict(part.split("=", 1) for part in line.split())
        finally:
            process.kill()


@asynccontextmanager
async def intercepting() -> AsyncGenerator[dict[str, str]]:
    """The environment in which a proxy answers as the deployment, with its own certificate."""
    # What it says of a handshake that comes to nothing, as it has to here.
    logging.getLogger("anyio.streams.tls").setLevel(logging.CRITICAL)
    with TemporaryDirectory() as directory:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*Authority(Path(directory)).issued("proxy"))
        async with (
            Between().tls(f"http://{HERE}:9", context) as url,
            Between().proxy() as address,
        ):
            yield {"CODER_URL": url.replace(HERE, HOST), "HTTPS_PROXY": address}


@contextmanager
def web_page() -> Generator[str]:
    """The address of a server that answers everything with a web page."""
    with http.server.ThreadingHTTPServer((HERE, 0), WebPage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{HERE}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class WebPage(http.server.BaseHTTPRequestHandler):
    """Answers with a web page."""

    def do_GET(self) -> None:
        """Answer so."""
        body = b"<title>Welcome</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its name there
        """Say nothing of it."""
