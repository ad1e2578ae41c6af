"""Addresses: whatever things are called, they lead to the deployment, and hold no token."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TOKEN, URL, agent, workspace
from coder_mcp.core.links import Links, named
from coder_mcp.models.workspaces import WorkspaceApp

HOST = "*.apps.example.com"
odd = st.text(
    st.one_of(
        st.sampled_from("./\\?#&=:@%*$ -_'\"<>\n\x00\u202eaZ09é"), st.characters(codec="utf-8")
    ),
    max_size=20,
)
names = st.one_of(odd, st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,9})?", fullmatch=True))
many = settings(derandomize=True, deadline=None, max_examples=200)


def links(
    *, app_host: str = HOST, name: str = "app", owner_name: str = "dev1", agent_name: str = "main"
) -> Links:
    here = agent(name=agent_name, directory="/home/coder")
    there = workspace(name=name, owner_name=owner_name)
    return Links(url=URL, app_host=app_host, workspace=there, agent=here)


def app(slug: str = "web", **more: object) -> WorkspaceApp:
    return WorkspaceApp.model_validate({"slug": slug} | more)


@given(names, names, names, odd, st.booleans(), odd)
@many
def test_every_address_is_one_of_the_deployment_whatever_things_are_called(
    name: str,
    owner: str,
    agent_name: str,
    slug: str,
    subdomain: bool,  # noqa: FBT001  # given by name
    label: str,
) -> None:
    made = links(name=name, owner_name=owner, agent_name=agent_name)
    web = [
        made.terminal,
        made.port(3000),
        made.app(app(slug)),
        made.app(app(slug, command="htop")),
        made.app(app(slug, subdomain=subdomain, subdomain_name=label)),
        made.app(app(slug, external=True, url=f"https://x.test/?token={label}")),
    ]
    for address in (each for each in web if each is not None):
        assert address.isascii()
        assert address.isprintable()
        assert not set(' "<>\\`') & set(address)
        split = urlsplit(address)
        assert split.scheme == "https"
        if split.netloc == "coder.example.com":
            assert split.path.startswith("/@")
            assert ".." not in split.path.split("/")
        else:
            assert split.netloc.removesuffix(".apps.example.com").count(".") == 0
            assert split.netloc.endswith(".apps.example.com")
            assert len(split.netloc.partition(".")[0]) <= 63


@given(names, names, names, odd)
@many
def test_an_editor_is_told_the_names_as_they_are(
    name: str, owner: str, agent_name: str, folder: str
) -> None:
    here = agent(name=agent_name, directory=f"/{folder}")
    there = workspace(name=name, owner_name=owner)
    made = Links(url=URL, app_host=HOST, workspace=there, agent=here).editors
    assert bool(made) == (named(there) is not None)
    for scheme, address in made.items():
        split = urlsplit(address)
        assert (split.scheme, split.netloc, split.path) == (scheme, "coder.coder-remote", "/open")
        query = parse_qs(split.query, keep_blank_values=True)
        assert query["url"] == [URL]
        assert (query["owner"], query["workspace"]) == ([owner], [name])
        assert query["agent"] == [agent_name]
        assert query["folder"] == [f"/{folder}"]


def test_addresses_have_coders_shapes() -> None:
    made = links()
    assert made.terminal == f"{URL}/@dev1/app.main/terminal"
    assert made.port(3000) == "https://3000--main--app--dev1.apps.example.com/"
    assert made.app(app("code-server")) == f"{URL}/@dev1/app.main/apps/code-server/"
    assert made.app(app("htop", command="htop")) == f"{URL}/@dev1/app.main/terminal?app=htop"
    on_subdomain = app("web", subdomain=True, subdomain_name="web--app--dev1")
    assert made.app(on_subdomain) == "https://web--app--dev1.apps.example.com/"
    assert made.app(app("docs", external=True, url="https://docs.test/a")) == "https://docs.test/a"


@pytest.mark.parametrize(
    ("app_host", "port_url"),
    [
        ("*.apps.example.com:8443", "https://3000--main--app--dev1.apps.example.com:8443/"),
        ("*--apps.example.com", "https://3000--main--app--dev1--apps.example.com/"),
        ("", None),
        ("apps.example.com", None),
        ("*.evil.test/@", None),
        ("*.apps.example.com\n", None),
        ("*" + "-" * 50 + ".example.com", None),
    ],
)
def test_a_port_opens_below_the_host_of_apps_or_not_at_all(
    app_host: str, port_url: str | None
) -> None:
    assert links(app_host=app_host).port(3000) == port_url


def test_a_host_whose_name_would_be_too_long_is_not_given() -> None:
    assert links(name="a" * 32, owner_name="b" * 17).port(3000) is not None
    assert links(name="a" * 32, owner_name="b" * 18).port(3000) is None


SECRET_BEARING = [
    "cursor://coder.coder-remote/open?token=$SESSION_TOKEN",
    "jetbrains://connect#session=%24SESSION_TOKEN",
    "jetbrains://connect#session=%2524session_token",
    f"https://ide.test/?key={TOKEN}",
    f"https://ide.test/{TOKEN}",
    "https://ide.test/?access_token=abc",
    "https://ide.test/?Token%3Dabc",
    "https://user:secret@ide.test/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/relative",
    "",
    "https://[broken",
    "https://a.test/ b",
    "https://a.test/\u202eb",
    f"https://a.test/{'x' * 600}",
]


@pytest.mark.parametrize("url", SECRET_BEARING)
def test_an_app_elsewhere_that_needs_a_token_is_opened_from_the_workspaces_page(url: str) -> None:
    assert links().app(app("ide", external=True, url=url)) == f"{URL}/@dev1/app"


@pytest.mark.parametrize("name", ["a b", "-a", "a;rm", "x" * 33, "é", "", "a\n", "$(id)"])
def test_a_command_is_made_of_names_or_not_at_all(name: str) -> None:
    assert named(workspace(name=name)) is None
    assert named(workspace(owner_name=name)) is None
    assert named(workspace(), agent(name=name)) is None
    assert named(workspace(), agent(name="dev")) == "dev1/app.dev"


def test_an_agent_of_an_odd_name_stays_one_part_of_the_path() -> None:
    address = links(agent_name="a/../b?c#d").terminal
    assert address is not None
    assert unquote(urlsplit(address).path) == "/@dev1/app.a/../b?c#d/terminal"
    assert urlsplit(address).path.count("/") == 3
