"""Where the deployment and the session token come from, and when one is not used."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from builders import TOKEN, URL
from coder_mcp.errors import SettingsError
from coder_mcp.login import Login, LoginSource

OTHER = "EXAMPLEid2-EXAMPLEsecretEXAMPLEse"


@pytest.fixture
def anyio_backend() -> str:
    """Files are read in a thread, and the coder CLI is a child process."""
    return "asyncio"


def saved(directory: Path, url: str = "", session: str = "") -> dict[str, str]:
    """The files of `coder login`, and the environment that names them."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in (("url", url), ("session", session)):
        if text:
            (directory / name).write_text(text, encoding="utf-8")
    return {"CODER_CONFIG_DIR": str(directory), "PATH": str(directory / "nothing")}


def fake_cli(directory: Path, program: str) -> dict[str, str]:
    """An executable `coder` that runs this program, and the environment that finds it."""
    binaries = directory / "bin"
    binaries.mkdir()
    if sys.platform == "win32":
        (binaries / "coder.py").write_text(program, encoding="utf-8")
        command = f'@"{sys.executable}" "%~dp0coder.py" %*\n'
        (binaries / "coder.cmd").write_text(command, encoding="utf-8")
    else:
        executable = binaries / "coder"
        executable.write_text(f"#!{sys.executable} -I\n{program}", encoding="utf-8")
        executable.chmod(0o700)
    return {"PATH": str(binaries), "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")}


def left(source: str) -> Login:
    """What `coder login` left, with nothing of it from the environment."""
    return Login(url=URL, session_token=TOKEN, source=source, url_source="coder login")


async def refusal(environ: Mapping[str, str], *, insecure_http: bool = False) -> str:
    """Why there is no login; whatever it is, it holds no token."""
    with pytest.raises(SettingsError) as error:
        await LoginSource(environ, insecure_http=insecure_http).read()
    assert TOKEN not in str(error.value)
    return str(error.value)


async def test_the_environment_is_enough_and_no_file_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "url").mkdir()
    environ = {"CODER_URL": f"{URL}/", "CODER_SESSION_TOKEN": f" {TOKEN}\n"}
    login = await LoginSource(environ | {"CODER_CONFIG_DIR": str(tmp_path)}).read()
    assert login == Login(url=URL, session_token=TOKEN, source="CODER_SESSION_TOKEN")


async def test_a_login_does_not_show_its_token() -> None:
    environ = {"CODER_URL": URL, "CODER_SESSION_TOKEN": TOKEN}
    source = LoginSource(environ)
    assert TOKEN not in repr(await source.read())
    assert TOKEN not in repr(source)


async def test_without_anything_it_says_what_to_set(tmp_path: Path) -> None:
    told = await refusal(saved(tmp_path))
    assert await refusal(saved(tmp_path) | {"CODER_SESSION_TOKEN": TOKEN}) == told
    assert told == snapshot(
        "No Coder deployment is configured. In this server's configuration set CODER_URL (https://coder.example.com) and CODER_SESSION_TOKEN (a token from that deployment's page /settings/tokens), or run `coder login <url>` in a terminal. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
    )


async def test_an_address_without_a_token_says_where_to_get_one(tmp_path: Path) -> None:
    told = await refusal(saved(tmp_path) | {"CODER_URL": URL})
    assert told.replace(str(tmp_path / "session"), "/there/session") == snapshot(
        "There is no session token for https://coder.example.com. Make one on https://coder.example.com/settings/tokens and set it as CODER_SESSION_TOKEN in this server's configuration (where the client names the command, or in the settings of the extension); or run `coder login https://coder.example.com` in a terminal: it keeps one in /there/session. To try it without a deployment, `coder-mcp serve --simulator` needs no settings."
    )


@pytest.mark.parametrize("text", ["", "  ", "${user_config.session_token}"])
async def test_what_a_host_did_not_fill_in_counts_as_unset(tmp_path: Path, text: str) -> None:
    environ = saved(tmp_path, URL, TOKEN) | {"CODER_URL": text, "CODER_SESSION_TOKEN": text}
    assert (await LoginSource(environ).read()).source == "coder login"


async def test_the_files_of_coder_login_are_used_without_blanks_around_them(tmp_path: Path) -> None:
    environ = saved(tmp_path, f"{URL}/\n", f"\t{TOKEN}\r\n")
    login = await LoginSource(environ).read()
    assert login == left("coder login")


async def test_the_login_is_looked_up_anew_each_time(tmp_path: Path) -> None:
    source = LoginSource(saved(tmp_path, URL, TOKEN))
    assert (await source.read()).session_token == TOKEN
    (tmp_path / "session").write_text(OTHER, encoding="utf-8")
    assert (await source.read()).session_token == OTHER


async def test_the_environments_token_comes_before_that_of_coder_login(tmp_path: Path) -> None:
    environ = saved(tmp_path, URL, TOKEN) | {"CODER_SESSION_TOKEN": OTHER}
    login = await LoginSource(environ).read()
    assert (login.session_token, login.source) == (OTHER, "CODER_SESSION_TOKEN")
    assert login.url_source == "coder login"


@pytest.mark.parametrize(
    ("given", "theirs"),
    [
        (URL, f"{URL}/"),
        ("coder.example.com", URL),
        ("HTTPS://CODER.example.com:443/", URL),
        (URL, "https://Coder.Example.com:443"),
        ("http://localhost:3000", "http://localhost:3000/"),
    ],
)
async def test_a_saved_token_is_used_for_its_own_deployment(
    tmp_path: Path, given: str, theirs: str
) -> None:
    environ = saved(tmp_path, theirs, TOKEN) | {"CODER_URL": given}
    assert (await LoginSource(environ).read()).session_token == TOKEN


@pytest.mark.parametrize(
    ("given", "theirs"),
    [
        (URL, "https://other.example.com"),
        (URL, f"{URL}:8443"),
        (f"{URL}:8443", URL),
        (URL, "http://coder.example.com"),
        (URL, "https://coder.example.com.evil.example"),
        ("http://localhost:3000", "http://127.0.0.1:3000"),
    ],
)
async def test_a_saved_token_is_not_used_for_another_deployment(
    tmp_path: Path, given: str, theirs: str
) -> None:
    why = await refusal(saved(tmp_path, theirs, TOKEN) | {"CODER_URL": given})
    assert f"CODER_URL is {given}, but the login on this computer is for {theirs};" in why
    assert f"If {theirs} is meant, correct CODER_URL." in why


async def test_a_saved_address_is_held_to_the_same_rules(tmp_path: Path) -> None:
    environ = saved(tmp_path, "http://coder.example.com", TOKEN)
    assert "unencrypted" in await refusal(environ)
    login = await LoginSource(environ, insecure_http=True).read()
    assert login.url == "http://coder.example.com"


@pytest.mark.parametrize(
    "token",
    [
        f"{TOKEN}\n{TOKEN}",
        f"{TOKEN} {TOKEN}",
        f"{TOKEN}\r\nX-Header: x",
        f"{TOKEN}\x00",
        f"{TOKEN}\u00e9",
        TOKEN * 16,
    ],
    ids=["line end", "blank", "header", "null", "accent", "too long"],
)
async def test_a_token_that_cannot_stand_in_a_header_is_refused_and_not_repeated(
    tmp_path: Path, token: str
) -> None:
    given = {"CODER_URL": URL, "CODER_SESSION_TOKEN": token}
    why = "What {} holds is not a session token. {}"
    assert await refusal(given) == why.format("CODER_SESSION_TOKEN", "Copy it again.")
    environ = saved(tmp_path, URL, token)
    again = f"Run `coder login {URL}` in a terminal again."
    assert await refusal(environ) == why.format("the session file of `coder login`", again)


async def test_a_placeholder_that_nobody_filled_is_told_as_one() -> None:
    why = await refusal({"CODER_URL": URL, "CODER_SESSION_TOKEN": "<a token from the page>"})
    assert why.endswith("It still holds a placeholder: put a session token in its place.")


async def test_the_deployment_is_known_where_the_session_cannot_be_read(tmp_path: Path) -> None:
    environ = saved(tmp_path, URL)
    (tmp_path / "session").mkdir()
    source = LoginSource(environ)
    assert (await source.address()).url == source.saved_url() == URL
    with pytest.raises(SettingsError, match="session cannot be read: it is no file"):
        await source.read()


async def test_a_file_that_is_never_written_to_does_not_hold_the_call(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such files")
    os.mkfifo(tmp_path / "url")
    why = await refusal({"CODER_CONFIG_DIR": str(tmp_path)})
    assert why.startswith(f"{tmp_path / 'url'} cannot be read: it is no file.")


@pytest.mark.parametrize("name", ["url", "session"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["directory", "no UTF-8"])
async def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    environ = saved(tmp_path, URL, TOKEN)
    (tmp_path / name).unlink()
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    assert (await refusal(environ)).startswith(f"{tmp_path / name} cannot be read: ")


@pytest.mark.parametrize(
    ("platform", "environ", "directory"),
    [
        ("linux", {"HOME": "home"}, "home/.config/coderv2"),
        ("linux", {"HOME": "home", "XDG_CONFIG_HOME": "xdg"}, "xdg/coderv2"),
        ("freebsd14", {"HOME": "home"}, "home/.config/coderv2"),
        ("darwin", {"HOME": "home"}, "home/Library/Application Support/coderv2"),
        ("darwin", {"HOME": "home", "XDG_CONFIG_HOME": "xdg"}, "home/Library/Application Support/coderv2"),
        ("win32", {"HOME": "home", "APPDATA": "data"}, "data/coderv2"),
        ("win32", {"HOME": "home"}, "home/AppData/Roaming/coderv2"),
        ("linux", {"HOME": "home", "CODER_CONFIG_DIR": "chosen"}, "chosen"),
        ("win32", {"APPDATA": "data", "CODER_CONFIG_DIR": "chosen"}, "chosen"),
        ("linux", {"HOME": "home", "CODER_CONFIG_DIR": " "}, "home/.config/coderv2"),
    ],
)  # fmt: skip
async def test_the_files_are_where_the_coder_cli_keeps_them(
    tmp_path: Path, platform: str, environ: dict[str, str], directory: str
) -> None:
    saved(tmp_path / directory, URL, TOKEN)
    below = {name: str(tmp_path / text) if text.strip() else text for name, text in environ.items()}
    source = LoginSource(below, platform=platform)
    assert (await source.read()).session_token == TOKEN


TELLS = f"""
import os, sys
assert sys.argv[1:] == ["login", "token"]
assert "CODER_CONFIG_DIR" in os.environ
print(" {TOKEN}")
print("a hint that nobody asked for", file=sys.stderr)
"""
NO_TOKEN = {
    "says nothing": ("", f"There is no session token for {URL}."),
    "fails": (f"print('{TOKEN}'); raise SystemExit(1)", f"There is no session token for {URL}."),
    "asks the person": (f"input(); print('{TOKEN}')", f"There is no session token for {URL}."),
    "never ends": ("import time; time.sleep(60)", f"There is no session token for {URL}."),
    "says more": (f"print('{TOKEN} and more')", "What `coder login token` holds is not"),
    "says no text": (
        "import sys; sys.stdout.buffer.write(bytes([255]))",
        "What `coder login token` holds is not",
    ),
}


async def test_where_there_is_no_session_file_the_coder_cli_is_asked(tmp_path: Path) -> None:
    environ = saved(tmp_path, URL) | fake_cli(tmp_path, TELLS)
    login = await LoginSource(environ).read()
    assert login == left("coder login token")


@pytest.mark.parametrize(("program", "why"), NO_TOKEN.values(), ids=NO_TOKEN)
async def test_a_coder_cli_that_has_no_token_is_no_login(
    tmp_path: Path, program: str, why: str
) -> None:
    assert (await refusal(saved(tmp_path, URL) | fake_cli(tmp_path, program))).startswith(why)


async def test_a_coder_cli_that_cannot_be_run_is_no_login(tmp_path: Path) -> None:
    environ = saved(tmp_path, URL) | fake_cli(tmp_path, "")
    for file in (tmp_path / "bin").iterdir():
        file.write_bytes(b"\x7fELF and no more")
    assert (await refusal(environ)).startswith(f"There is no session token for {URL}.")


async def test_without_a_coder_cli_there_is_no_login_either(tmp_path: Path) -> None:
    assert (await refusal(saved(tmp_path, URL))).startswith(f"There is no session token for {URL}.")


async def test_the_coder_cli_is_asked_for_this_deployment_whatever_the_environment_says(
    tmp_path: Path,
) -> None:
    """A bundle's blank fields reach it as placeholders, and it takes them before its login."""
    told = tmp_path / "told"
    program = f"""
import os
with open({str(told)!r}, "w") as file:
    print(os.environ["CODER_URL"], "CODER_SESSION_TOKEN" in os.environ, file=file)
print("{TOKEN}")
"""
    blank = {
        "CODER_URL": "${user_config.coder_url}",
        "CODER_SESSION_TOKEN": "${user_config.coder_session_token}",
    }
    environ = saved(tmp_path, URL) | fake_cli(tmp_path, program) | blank
    assert (await LoginSource(environ).read()).session_token == TOKEN
    assert told.read_text() == f"{URL} False\n"


async def test_a_user_without_a_home_has_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    assert (await refusal({})).startswith("No Coder deployment is configured.")


async def test_the_coder_cli_is_not_asked_for_another_deployment(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    cli = fake_cli(tmp_path, f"open({str(asked)!r}, 'w').close()")
    why = await refusal(saved(tmp_path, "https://other.example.com") | cli | {"CODER_URL": URL})
    assert "the login on this computer is for https://other.example.com" in why
    assert not asked.exists()
