"""The wheel and the sdist: what is in them, and that the installed command works elsewhere."""

import json
import os
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from coder_mcp import __version__
from coder_mcp.tools.table import TOOLS
from command import INSPECTOR, ROOT, node, run, uv

STEM = f"coder_workspaces_mcp-{__version__}"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
RUN_LOCK = ROOT / "requirements" / "run.txt"

# What a person may well have. On macOS with Intel and on Windows with ARM a dependency of mcp,
# cryptography, has no wheel.
PLATFORMS = (
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
)
PYTHONS = [
    classifier.rpartition(" ")[2]
    for classifier in PROJECT["classifiers"]
    if classifier.startswith("Programming Language :: Python :: 3.")
]


@dataclass(frozen=True)
class Built:
    """What hatchling built: a wheel, an sdist."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def build(source: Path, folder: Path) -> Built:
    """The wheel and the sdist of a source tree, as a release builds them."""
    answer = run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=source)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return Built(folder / f"{STEM}-py3-none-any.whl", folder / f"{STEM}.tar.gz")


def metadata(built: Built) -> Message:
    with zipfile.ZipFile(built.wheel) as wheel:
        return message_from_bytes(wheel.read(f"{STEM}.dist-info/METADATA"))


def test_the_package_index_would_find_nothing_wrong(built: Built) -> None:
    answer = run(
        sys.executable, "-m", "twine", "--no-color", "check", "--strict", built.wheel, built.sdist
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("PASSED") == 2


def test_the_wheel_holds_the_package_its_licence_and_its_marker_for_types(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        packed = {name for name in wheel.namelist() if not name.startswith(f"{STEM}.dist-info/")}
        about = set(wheel.namelist()) - packed
    here = {path for path in (ROOT / "src").rglob("*") if path.suffix == ".py"}
    here.add(ROOT / "src/coder_mcp/py.typed")
    assert packed == {path.relative_to(ROOT / "src").as_posix() for path in here}
    assert {PurePosixPath(name).name for name in about} == {
        *("METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE")
    }


def test_the_wheel_says_what_it_is(built: Built) -> None:
    said = metadata(built)
    assert (said["Name"], said["Version"]) == ("coder-workspaces-mcp", __version__)
    assert said["Summary"] == PROJECT["description"]
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "MIT"
    assert "Provides-Extra" not in said
    with zipfile.ZipFile(built.wheel) as wheel:
        page = wheel.read(f"{STEM}.dist-info/METADATA").partition(b"\n\n")[2]
    assert page == (ROOT / "README.md").read_bytes()


def test_the_sdist_holds_what_the_wheel_is_built_from_and_builds_the_same_one(
    built: Built, tmp_path: Path
) -> None:
    with tarfile.open(built.sdist) as sdist:
        # Python 3.11 knows the filter from 3.11.4 on only.
        sdist.extraction_filter = getattr(tarfile, "data_filter", None)
        sdist.extractall(tmp_path)  # noqa: S202  # of our own making
    unpacked = tmp_path / STEM
    beside = {path.name for path in unpacked.iterdir()}
    assert beside - {".gitignore"} == {
        *("src", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO")
    }
    again = build(unpacked, tmp_path / "dist")
    assert again.wheel.read_bytes() == built.wheel.read_bytes()


@pytest.mark.timeout(180)  # where the registry has to be asked for every dependency
def test_the_installed_command_works_from_the_inspector_in_a_place_of_its_own(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # which leads to the checkout
    python = installed(built, tmp_path / "venv")
    command = python.with_name("coder-mcp.exe" if os.name == "nt" else "coder-mcp")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    server = [str(command), "serve", "--simulator", "--seeded"]

    def inspected(*arguments: str) -> Any:  # noqa: ANN401  # what the CLI prints
        answer = node(INSPECTOR, "--cli", *server, *arguments, cwd=elsewhere)
        assert answer.returncode == 0, answer.stderr + answer.stdout
        return json.loads(answer.stdout)

    listed = inspected("--method", "tools/list", "--strict")["tools"]
    assert [tool["name"] for tool in listed] == [tool.name for tool in TOOLS]
    call = ("--method", "tools/call", "--tool-name", "create_workspace", "--tool-arg")
    answer = inspected(*call, "template=quick", "name=web")
    assert answer["structuredContent"]["outcome"] == "ready"
    assert list(elsewhere.iterdir()) == []


def installed(built: Built, folder: Path) -> Path:
    """The Python of a new environment that holds the wheel and the locked dependencies."""
    made = uv("venv", "--no-project", "--python", sys.executable, folder)
    assert made.returncode == 0, made.stderr
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    into = ("pip", "install", "--python", python)
    locked = uv(*into, "--require-hashes", "-r", RUN_LOCK)
    assert locked.returncode == 0, locked.stderr
    added = uv(*into, "--no-deps", "--no-index", built.wheel)
    assert added.returncode == 0, added.stderr
    checked = uv("pip", "check", "--python", python)
    assert checked.returncode == 0, checked.stderr
    where = run(python, "-P", "-c", "import coder_mcp; print(coder_mcp.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(folder), where.stdout + where.stderr
    return python


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("version", PYTHONS)
def test_every_locked_dependency_has_a_wheel(version: str, platform: str) -> None:
    only_wheels = ("pip", "compile", RUN_LOCK, "--no-deps", "--only-binary", ":all:", "--quiet")
    where = ("--python", sys.executable, "--python-version", version, "--python-platform", platform)
    answer = uv(*only_wheels, *where, "--no-header", "--no-annotate")
    assert answer.returncode == 0, answer.stderr
    assert "cryptography==" in answer.stdout


def test_the_versions_of_python_that_are_named_are_those_that_are_tested() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"python: {json.dumps(PYTHONS)}" in workflow
    assert PYTHONS[0] == "3.11"
