#!/usr/bin/env python3
"""Set up this checkout and do its work: demo, test, check, bench, docs, lock, dist, release.

Needs Python 3.11 or newer with venv and pip, and the package registries; nothing else.
Everything it installs goes into .venv and node_modules of this checkout.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
RUN_LOCK = ROOT / "requirements" / "run.txt"
DEV_LOCK = ROOT / "requirements" / "dev.txt"
NODE_LOCK = ROOT / "package-lock.json"
BUNDLE_TOOL = ROOT / "node_modules/@anthropic-ai/mcpb/dist/cli/cli.js"
DIST = ROOT / "dist"
VERSION = ROOT / "src/coder_mcp/__init__.py"
CHANGELOG = ROOT / "CHANGELOG.md"


def main() -> int:
    """Run the command that was asked for; its exit status is ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=[*COMMANDS])
    command, arguments = parser.parse_known_args()
    if sys.version_info < (3, 11):  # noqa: UP036  # the script meets whatever Python there is
        parser.exit(1, f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.\n")
    os.chdir(ROOT)
    try:
        COMMANDS[command.command](arguments)
    except subprocess.CalledProcessError as error:
        print(f"dev.py: failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode or 1
    except KeyboardInterrupt:
        return 130
    return 0


def demo(arguments: list[str]) -> None:
    """The main job on the embedded simulator, through a real MCP client over stdio."""
    install(RUN_LOCK)
    run("python", "-m", "coder_mcp", "demo", *arguments)


def check(_: list[str]) -> None:
    """What can be said without running the program: style, types, import contracts."""
    install(DEV_LOCK)
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")
    run("basedpyright", "--warnings")
    run("lint-imports")


def test(arguments: list[str]) -> None:
    """The checks and every test, with branch coverage. Arguments go to pytest instead."""
    install(DEV_LOCK)
    install_node()
    if arguments:
        run("python", "-m", "pytest", *arguments)
        return
    check([])
    run("coverage", "erase")
    run("coverage", "run", "-m", "pytest", "-n", "auto", "--dist", "worksteal")
    run("coverage", "combine", "--quiet")
    run("coverage", "report")


def bench(arguments: list[str]) -> None:
    """Speed and memory, each figure beside a baseline of the same run."""
    install(DEV_LOCK)
    run("python", "benchmarks", *arguments)


def docs(arguments: list[str]) -> None:
    """Write what of the documentation is made from the code."""
    install(DEV_LOCK)
    run("python", "docs/generate.py", *arguments)


def lock(_: list[str]) -> None:
    """Resolve the dependencies anew and write the hash-pinned lock files."""
    install(DEV_LOCK)
    common = ["--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade"]
    quiet = ["--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]
    run("uv", "pip", "compile", "pyproject.toml", *common, *quiet, "-o", RUN_LOCK)
    dev_group = ["--group", "pyproject.toml:dev"]
    run("uv", "pip", "compile", "pyproject.toml", *dev_group, *common, *quiet, "-o", DEV_LOCK)
    run("npm", "install", "--package-lock-only", "--ignore-scripts")


def dist(_: list[str]) -> None:
    """Build what a release uploads into dist/, and let the official tools check it."""
    install(DEV_LOCK)
    install_node()
    shutil.rmtree(DIST, ignore_errors=True)
    run("python", "-m", "hatchling", "build", "-d", DIST)
    run("twine", "check", "--strict", *DIST.iterdir())
    run("node", BUNDLE_TOOL, "pack", ROOT, DIST / f"coder-workspaces-mcp-{version()}.mcpb")


def release(arguments: list[str]) -> None:
    """Give the next release its number, wherever that stands, and build it: `release 1.2.3`."""
    number = arguments[0] if len(arguments) == 1 else ""
    if not re.fullmatch(r"\d+\.\d+\.\d+", number):
        sys.exit("dev.py: release takes a version: 1.2.3")
    heading = f"## Unreleased\n\n## {number} - {time.strftime('%Y-%m-%d', time.gmtime())}\n"
    replace(CHANGELOG, r"## Unreleased\n(?=\n### )", heading)
    replace(VERSION, r'(?<=__version__ = ")[^"]*', number)
    docs([])
    dist([])


def replace(path: Path, pattern: str, by: str) -> None:
    """Replace the one place of a file that the pattern finds."""
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"))
    if count != 1:
        sys.exit(f"dev.py: {path.name} does not have what is to be replaced, once: {pattern!r}")
    path.write_text(text, encoding="utf-8")


def version() -> str:
    """The number of this version."""
    found = re.search(r'__version__ = "([^"]*)"', VERSION.read_text(encoding="utf-8"))
    return found[1] if found else ""


def install(lock_file: Path) -> None:
    """Bring .venv to what the lock file says; nothing is done where it is that already."""
    if any(map(is_installed, (lock_file, DEV_LOCK))):
        return
    if not BIN.is_dir() or python_of_venv() != sys.version:
        print(f"dev.py: making {VENV.name}", file=sys.stderr)
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")  # as `python -m venv`
    print(f"dev.py: installing {lock_file.relative_to(ROOT)}", file=sys.stderr)
    pip("--require-hashes", "-r", lock_file)
    if lock_file == DEV_LOCK:
        pip("--no-deps", "--no-build-isolation", "--editable", ".")
    stamp(lock_file).write_text(wanted(lock_file))


def install_node() -> None:
    """Bring node_modules to what package-lock.json says, with the Node that .venv holds."""
    done = ROOT / "node_modules" / ".lock-digest"
    if done.is_file() and done.read_text() == digest(NODE_LOCK):
        return
    print("dev.py: installing package-lock.json", file=sys.stderr)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    done.write_text(digest(NODE_LOCK))


def python_of_venv() -> str:
    """The version text of the interpreter in .venv, empty where it does not run."""
    code = "import sys; print(sys.version, end='')"
    interpreter = shutil.which("python", path=str(BIN))
    if interpreter is None:
        return ""
    answer = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout


def pip(*arguments: str | Path) -> None:
    """Install into .venv."""
    run("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def run(command: str, *arguments: str | Path) -> None:
    """Run one command of .venv with its own tools first on PATH; raise where it fails."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
    }
    executable = shutil.which(command, path=environment["PATH"])
    if executable is None:
        raise subprocess.CalledProcessError(127, [command])
    subprocess.run([executable, *map(str, arguments)], env=environment, check=True)


def digest(path: Path) -> str:
    """What tells two contents of a file apart."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stamp(lock_file: Path) -> Path:
    """Where install() notes what .venv was brought to; the development lock includes the other."""
    return VENV / f".{lock_file.stem}-stamp"


def is_installed(lock_file: Path) -> bool:
    """Whether .venv is what the lock file says."""
    noted = stamp(lock_file)
    return noted.is_file() and noted.read_text() == wanted(lock_file)


def wanted(lock_file: Path) -> str:
    """What the stamp says when nothing is left to install."""
    return f"{sys.version} {digest(lock_file)} {digest(ROOT / 'pyproject.toml')}"


COMMANDS = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "docs": docs,
    "lock": lock,
    "dist": dist,
    "release": release,
}

if __name__ == "__main__":
    sys.exit(main())
