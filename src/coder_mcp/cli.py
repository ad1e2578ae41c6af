"""argv and environment -> a running server, what is wrong, a client's file, a demo, a simulator."""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio

from coder_mcp import __version__
from coder_mcp.stdio.stderr import BoundedStderr

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; its exit status."""
    parser = command_line()
    arguments = parser.parse_args(argv)
    if arguments.command == "serve" and arguments.seeded and not arguments.simulator:
        parser.error("--seeded is of the simulator: give --simulator too")
    logging.basicConfig(level=logging.WARNING, handlers=[BoundedStderr(sys.stderr)])
    try:
        match arguments.command:
            case "doctor":
                return anyio.run(_doctor, arguments.json)
            case "configure":
                return _configure(arguments)
            case "demo":
                return anyio.run(_demo)
            case "simulate":
                return anyio.run(_simulate, arguments.port, arguments.seeded)
            case _:
                _tell_a_person()
                serve = _serve_simulator if arguments.simulator else _serve
                return anyio.run(serve, os.environ, arguments.seeded)
    except KeyboardInterrupt:
        return 130


def command_line() -> argparse.ArgumentParser:
    """What can be asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="coder-mcp",
        description="An MCP server for Coder that waits for workspace builds.",
    )
    parser.add_argument("--version", action="version", version=f"coder-mcp {__version__}")
    parser.set_defaults(simulator=False, seeded=False)
    commands = parser.add_subparsers(
        dest="command", metavar="{serve,doctor,configure,demo,simulate}"
    )
    serve = commands.add_parser("serve", help="serve MCP over stdio (the default)")
    serve.add_argument(
        "--simulator", action="store_true", help="on the embedded simulator: needs no deployment"
    )
    doctor = commands.add_parser("doctor", help="look at everything that can keep it from working")
    doctor.description = (
        "Look at the settings, the way to the deployment, the session token, what it may do, and"
        " how the server starts: a line each, with what fixes it. It only reads."
    )
    doctor.epilog = "Exit status: 0 all is well; 1 something needs attention; 2 something fails."
    doctor.add_argument("--json", action="store_true", help="one JSON object, for a machine")
    _describe_configure(
        commands.add_parser("configure", help="put this server into an MCP client's configuration")
    )
    commands.add_parser("demo", help="watch the tools work on the embedded simulator")
    simulate = commands.add_parser("simulate", help="run the embedded simulator on its own")
    simulate.add_argument("--port", type=int, default=0, help="to listen on; 0 takes a free one")
    for command in (serve, simulate):
        command.add_argument(
            "--seeded", action="store_true", help="begin the simulator with four workspaces"
        )
    return parser


def _describe_configure(configure: argparse.ArgumentParser) -> None:
    configure.description = (
        "Show what has to change in a client's file so that it launches this server, ask, and"
        " change it. The rest of the file, comments too, stays as it is; a copy is kept beside it."
    )
    configure.epilog = (
        "CLIENT is claude-desktop, claude-code, vscode, cursor or codex. For windsurf, zed,"
        " gemini, copilot, copilot-jetbrains, jetbrains and opencode the entry is shown, to be"
        " pasted. Exit status: 0 the file says what was asked for, or it was shown; 1 nothing was"
        " written; 2 the command line is wrong."
    )
    configure.add_argument("client", metavar="CLIENT", help="whose file: see below")
    configure.add_argument(
        "--url", default="", help="the deployment; default: CODER_URL, else that of `coder login`"
    )
    configure.add_argument(
        "--simulator", action="store_true", help="serve the embedded simulator instead"
    )
    configure.add_argument(
        "--file", type=Path, help="another file of the client, as a project's own"
    )
    configure.add_argument(
        "--name", type=_name, default="coder", help="of the entry; default: coder"
    )
    does = configure.add_mutually_exclusive_group()
    does.add_argument("--print", dest="show", action="store_true", help="only show the entry")
    does.add_argument("--remove", action="store_true", help="take the entry out")
    configure.add_argument("--yes", action="store_true", help="do not ask")


def _name(text: str) -> str:
    """A name that every client takes."""
    from coder_mcp.configuring.entry import FREE_NAME

    if not FREE_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("up to 24 letters a to z, digits and hyphens")
    return text


def _configure(arguments: argparse.Namespace) -> int:
    from coder_mcp.configuring.command import Asked, configure

    asked = Asked(
        client=arguments.client,
        url=arguments.url,
        name=arguments.name,
        file=arguments.file,
        simulator=arguments.simulator,
        show=arguments.show,
        remove=arguments.remove,
        yes=arguments.yes,
    )
    return configure(asked, os.environ)


def _tell_a_person() -> None:
    """A client never gives a terminal; a person who does would see nothing at all."""
    if sys.stdin.isatty():
        print(
            "coder-mcp speaks MCP on stdin and stdout; an MCP client launches it."
            " To see it work: coder-mcp demo",
            file=sys.stderr,
        )


async def _serve(environ: Mapping[str, str], _seeded: object = None) -> int:
    from coder_mcp.ending import Ending
    from coder_mcp.login import LoginSource
    from coder_mcp.server import build_server
    from coder_mcp.settings import Settings
    from coder_mcp.stdio.audit import AuditStderr
    from coder_mcp.stdio.pipes import standard_descriptors
    from coder_mcp.stdio.runner import serve_stdio
    from coder_mcp.tools.audit import AUDIT_LOG

    audit = logging.getLogger(AUDIT_LOG)
    audit.setLevel(logging.INFO)
    audit.propagate = False
    audit.addHandler(AuditStderr())
    settings = Settings.from_environ(environ)
    for warning in settings.warnings:
        _log.warning("%s", warning)
    source = LoginSource(environ, insecure_http=settings.insecure_http)
    ending = Ending()
    server = build_server(settings, source, ending=ending)
    with standard_descriptors() as (stdin, stdout):
        return await serve_stdio(server, ending, stdin, stdout)


async def _serve_simulator(environ: Mapping[str, str], seeded: bool) -> int:  # noqa: FBT001  # run by position
    from coder_mcp.simulator import Simulator

    async with Simulator(seeded=seeded).running() as simulator:
        return await _serve({**environ, **_login(simulator.url, simulator.session_token)})


async def _simulate(port: int, seeded: bool) -> int:  # noqa: FBT001  # run by position
    from coder_mcp.simulator import Simulator

    try:
        async with Simulator(seeded=seeded).running(port) as simulator:
            login = _login(simulator.url, simulator.session_token)
            print(" ".join(f"{name}={value}" for name, value in login.items()), flush=True)
            await anyio.sleep_forever()
    except (OSError, OverflowError) as error:
        print(f"coder-mcp: port {port}: {error}", file=sys.stderr)
    return 1


async def _doctor(as_json: bool) -> int:  # noqa: FBT001  # run by position
    from coder_mcp.doctor.command import doctor

    return await doctor(os.environ, as_json=as_json)


async def _demo() -> int:
    from coder_mcp.demo import demo

    return await demo()


def _login(url: str, session_token: str) -> dict[str, str]:
    return {"CODER_URL": url, "CODER_SESSION_TOKEN": session_token}
