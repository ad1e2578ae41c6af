"""A template as a model reads it."""

import pytest
from inline_snapshot import snapshot

from builders import parameter, preset, template, version
from coder_mcp.core.found import TemplateFound
from coder_mcp.core.schema import payload
from coder_mcp.core.template_page import (
    LONGEST_README,
    TemplateParts,
    template_page,
    typical_seconds,
)
from coder_mcp.core.text import CUT_MARK
from coder_mcp.models.templates import (
    ExternalAuth,
    Preset,
    RichParameter,
    Template,
    TemplateVersion,
)
from recorded import answered


def page(
    known: Template | None = None,
    *asked: RichParameter,
    of: TemplateVersion | None = None,
    presets: tuple[Preset, ...] = (),
    external_auth: tuple[ExternalAuth, ...] = (),
) -> TemplateFound:
    return template_page(
        TemplateParts(
            template=known or template(),
            version=of or version(),
            parameters=asked,
            presets=presets,
            external_auth=external_auth,
        )
    )


def test_a_recorded_template_is_shown_with_all_that_it_asks_for() -> None:
    parts = TemplateParts(
        template=Template.model_validate(answered("templates/get")),
        version=TemplateVersion.model_validate(answered("templates/version")),
        parameters=[
            RichParameter.model_validate(wire)
            for wire in answered("templates/rich-parameters-params")
        ],
        presets=[Preset.model_validate(wire) for wire in answered("templates/presets-presets")],
        external_auth=[
            ExternalAuth.model_validate(wire) for wire in answered("templates/external-auth")
        ],
    )
    assert payload(template_page(parts)) == snapshot(
        {
            "outcome": "found",
            "message": "Template quick asks for region, repo. 4 more can be given. It has 2 presets.",
            "template_id": "726b4568-29e1-4def-b5d7-8ceb88821bbd",
            "name": "quick",
            "organization_name": "coder",
            "next_step": 'Ask the person to sign in at each url under external_auth; then call create_workspace(template="coder/quick").',
            "parameters": [
                {
                    "name": "region",
                    "type": "string",
                    "required": True,
                    "options": [
                        {"value": "eu", "name": "Europe"},
                        {"value": "us", "name": "United States"},
                    ],
                    "immutable": True,
                    "description": "Where it runs",
                },
                {
                    "name": "cpu",
                    "type": "number",
                    "required": False,
                    "default": "4",
                    "minimum": 1,
                    "maximum": 16,
                    "monotonic": "increasing",
                    "display_name": "CPU cores",
                },
                {
                    "name": "repo",
                    "type": "string",
                    "required": True,
                    "pattern": "^https://",
                    "rule": "must be an https URL",
                    "description": "Git repository to clone",
                },
                {"name": "gpu", "type": "bool", "required": False, "default": "false"},
                {"name": "tools", "type": "list(string)", "required": False, "default": '["git"]'},
                {
                    "name": "rebuild_cache",
                    "type": "bool",
                    "required": False,
                    "default": "false",
                    "ephemeral": True,
                },
            ],
            "presets": [
                {
                    "name": "Small EU",
                    "default": True,
                    "parameters": {
                        "region": "eu",
                        "cpu": "2",
                        "repo": "https://git.example.com/app.git",
                    },
                    "description": "Two cores in Europe",
                },
                {"name": "Large US", "parameters": {"region": "us", "cpu": "16"}},
            ],
            "external_auth": [
                {
                    "id": "github",
                    "authenticated": False,
                    "url": "https://coder.example.com/external-auth/github",
                    "display_name": "GitHub",
                },
                {
                    "id": "gitlab",
                    "authenticated": False,
                    "optional": True,
                    "url": "https://coder.example.com/external-auth/gitlab",
                    "display_name": "GitLab",
                },
            ],
            "display_name": "Quick start",
            "description": "A small container, ready in seconds",
            "readme": """\
# Quick start

A small Ubuntu container with `git` and code-server.\
""",
        }
    )


def test_a_template_that_asks_for_nothing_is_shown_in_few_words() -> None:
    assert payload(page()) == snapshot(
        {
            "outcome": "found",
            "message": "Template quick needs no parameters.",
            "template_id": "55103e15-a7ae-526b-9654-a0904d19c20b",
            "name": "quick",
            "organization_name": "coder",
            "next_step": 'Call create_workspace(template="coder/quick").',
            "parameters": [],
        }
    )


def test_a_deprecated_template_says_so() -> None:
    assert page(template("old", deprecated=True)).message == snapshot(
        "Template old needs no parameters. It is deprecated: no new workspace is made from it."
    )


def test_a_template_whose_agent_is_external_says_so() -> None:
    assert page(of=version(has_external_agent=True)).has_external_agent is True


@pytest.mark.parametrize(
    ("authenticated", "optional", "is_missing"),
    [(False, False, True), (True, False, False), (False, True, False), (True, True, False)],
)
def test_a_sign_in_comes_first_where_one_that_is_needed_is_missing(
    *, authenticated: bool, optional: bool, is_missing: bool
) -> None:
    github = ExternalAuth(id="github", authenticated=authenticated, optional=optional)
    step = page(external_auth=(github,)).next_step
    assert ("sign in at each url" in step) is is_missing


@pytest.mark.parametrize(
    ("asked", "presets", "step"),
    [
        ((), (), 'Call create_workspace(template="coder/quick").'),
        (
            (parameter("cpu", required=True), parameter("gpu"), parameter("repo", required=True)),
            (),
            'Call create_workspace(template="coder/quick") with parameters for cpu, repo; ask the person for what is theirs to choose.',
        ),
        (
            (parameter("cpu", required=True),),
            (preset("Small", {"cpu": "2"}),),
            'Call create_workspace(template="coder/quick") with parameters for cpu, or name a preset; ask the person for what is theirs to choose.',
        ),
    ],
    ids=["nothing", "parameters", "presets"],
)
def test_the_next_step_is_a_create_with_what_is_required(
    asked: tuple[RichParameter, ...], presets: tuple[Preset, ...], step: str
) -> None:
    assert page(template(), *asked, presets=presets).next_step == step


def test_a_readme_is_shown_without_its_front_matter() -> None:
    readme = "---\ndisplay_name: Quick\n---\n\n# Quick\r\n\r\nText.\x1b[0m\n"
    assert page(of=version(readme=readme)).readme == "# Quick\n\nText."


def test_a_long_readme_is_cut_with_a_mark() -> None:
    readme = page(of=version(readme="word " * 9999)).readme
    assert readme is not None
    assert len(readme) <= LONGEST_README == 8000
    assert readme.startswith("word word")
    assert readme.endswith(CUT_MARK)


@pytest.mark.parametrize(
    ("stats", "seconds"),
    [
        ({}, None),
        ({"start": {"P50": 94_600, "P95": 200_000}}, 95),
        ({"start": {"P50": None, "P95": None}}, None),
        ({"stop": {"P50": 1000, "P95": 1000}}, None),
        (None, None),
    ],
    ids=["nothing", "known", "too few builds", "of a stop", "null"],
)
def test_how_long_a_start_takes_is_in_whole_seconds(stats: object, seconds: int | None) -> None:
    assert typical_seconds(template(build_time_stats=stats)) == seconds
