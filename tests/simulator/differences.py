"""Where the simulator is meant to differ from the recordings, and why. Nothing else may differ.

A test fails for an entry that is no longer true.
"""

from collections.abc import Callable
from dataclasses import dataclass

OTHER_PROVISIONER = "recorded with the provisioner `echo`; a real one says `terraform`"
OWN_TEMPLATES = "a template of our own"
RESEARCH = "dev1 is in two organizations, so that a template's name can be ambiguous"
DUMP = "the dump of the caller's rights is shorter"
NO_LIMITS = "nothing here is limited but the quota"
FREE_ONE = "the deployment without a licence was another, of one user and two providers"
FREE = "the deployment without a licence had a `quick` of its own"

NO_FAVORITES = "workspaces cannot be marked here"
COUNTED_VERSIONS = "versions are counted; the recorded names of later ones are random"


@dataclass(frozen=True)
class Difference:
    """A path at which the answers to the recorded requests differ."""

    recordings: tuple[str, ...]
    path: str
    reason: str


TEMPLATE_LISTS = (
    "templates/list-all",
    "users/read-only-templates",
    "templates/list-by-organization",
)
SCHEDULED_FLOWS = ("flows/agent-goes-away", "flows/start", "flows/stop")

DIFFERENCES = (
    Difference(
        (*TEMPLATE_LISTS, "templates/list-deprecated", "templates/list-search"),
        "[].provisioner",
        OTHER_PROVISIONER,
    ),
    Difference(
        (
            "templates/get",
            "templates/get-by-name",
            "templates/get-deprecated",
            "templates/get-quick-after-builds",
        ),
        "provisioner",
        OTHER_PROVISIONER,
    ),
    Difference(TEMPLATE_LISTS, "[coder/too-big]", OWN_TEMPLATES),
    Difference(TEMPLATE_LISTS, "[coder/no-agents-here]", OWN_TEMPLATES),
    Difference(TEMPLATE_LISTS, "[coder/shared-name]", OWN_TEMPLATES),
    Difference(TEMPLATE_LISTS[:2], "[research/notebook]", OWN_TEMPLATES),
    Difference(TEMPLATE_LISTS[:2], "[research/shared-name]", OWN_TEMPLATES),
    Difference(
        TEMPLATE_LISTS,
        "[].allow_user_cancel_workspace_jobs",
        "`slow` may be canceled from the beginning; the recorder allowed it later",
    ),
    Difference(("users/me", "auth/bearer"), "organization_ids[]", RESEARCH),
    Difference(("users/organizations-me",), "[research]", RESEARCH),
    Difference(
        ("users/organizations-dev2-two",),
        "[].description",
        "the recorded description of `research` is a random name",
    ),
    Difference(("server/buildinfo",), "webpush_public_key", "there is no such key here"),
    Difference(("server/wrong-base-url-html",), "text", "the recorded build had no dashboard"),
    Difference(
        (
            "agents/logs-as-text",
            "builds/start-inactive-version-refused",
            "builds/start-inactive-version-refused-explicit",
            "builds/start-running-outdated-version-required",
            "workspaces/create-inactive-version-refused",
        ),
        "detail",
        DUMP,
    ),
    Difference(("builds/logs-of-running",), "[]", "a real daemon hands lines on in bursts"),
    Difference(("builds/logs-of-running",), "[].output", "fewer other workspaces consume credits"),
    Difference(
        ("templates/evaluate-classic",),
        "parameters[].options[].description",
        "the recorder gave options a description in the import only",
    ),
    Difference(
        ("templates/evaluate-classic",),
        "parameters[].options[].icon",
        "the recorder gave options an icon in the import only",
    ),
    Difference(("workspaces/get-stopped",), "favorite", NO_FAVORITES),
    Difference(SCHEDULED_FLOWS, "data.favorite", NO_FAVORITES),
    Difference(
        ("flows/queued", "flows/start-with-active-version"),
        "data.latest_build.template_version_name",
        COUNTED_VERSIONS,
    ),
    Difference(
        ("workspaces/list-mine", "workspaces/list-mine-running"),
        "workspaces[].latest_build.template_version_name",
        COUNTED_VERSIONS,
    ),
    Difference(
        ("workspaces/create-no-licence", "workspaces/get-no-licence"), "template_display_name", FREE
    ),
    Difference(("workspaces/get-no-licence",), "latest_build.template_version_name", FREE),
    Difference(("workspaces/get-no-licence",), "latest_build.resources[].agents[].apps[]", FREE),
    Difference(
        ("workspaces/get-no-licence",), "latest_build.resources[].agents[].log_sources[]", FREE
    ),
    Difference(
        ("workspaces/get-no-licence",), "latest_build.resources[].agents[].logs_length", FREE
    ),
    Difference(("workspaces/get-no-licence",), "latest_build.resources[].agents[].scripts[]", FREE),
    Difference(
        ("workspaces/get-no-licence",),
        "latest_build.resources[].agents[].startup_script_behavior",
        FREE,
    ),
    Difference(
        ("agents/listening-ports",), "ports[]", "nothing listens in a container of `quick` here"
    ),
    *(
        Difference(("server/entitlements",), f"features.{path}", NO_LIMITS)
        for path in (
            "agent_runtime_hours.actual",
            "agent_runtime_hours.actual_ms",
            "agent_runtime_hours.limit",
            "agent_runtime_hours.usage_period",
            "managed_agent_limit.actual",
            "managed_agent_limit.limit",
            "managed_agent_limit.usage_period",
        )
    ),
    Difference(("server/entitlements",), "warnings[]", "the recorded licence ended the next day"),
    Difference(("server/entitlements-no-licence",), "errors[]", FREE_ONE),
    Difference(("server/entitlements-no-licence",), "features.user_limit.actual", FREE_ONE),
    Difference(("server/provisioner-daemons-as-owner",), "[].provisioners[]", OTHER_PROVISIONER),
    Difference(("templates/versions",), "[delightful_berge86]", COUNTED_VERSIONS),
    Difference(("templates/versions",), "[v2]", COUNTED_VERSIONS),
    Difference(("users/own-key",), "id", "the ids of tokens were replaced in the recordings"),
)


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a workspace is, as far as a client can tell."""

    status: str
    job: tuple[object, ...]
    daily_cost: int = 0
    queue: tuple[object, object] = (0, 0)
    agents: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Fleeting:
    """A state that lasts less than the interval of polls, which may or may not meet it.

    Without flows it is one of all flows.
    """

    flows: tuple[str, ...]
    is_met: Callable[[State], bool]
    reason: str


FLEETING = (
    Fleeting(
        (),
        lambda state: any(agent[1:] == ("connected", "created") for agent in state.agents),
        "0.1 s between the connection and the start of the scripts",
    ),
    Fleeting(
        ("flows/agent-goes-away",),
        lambda state: ("main", "connected", "shutting_down") in state.agents,
        "a process without shutdown scripts is off after 30 ms",
    ),
    Fleeting(
        ("flows/two-agents",),
        lambda state: ("db", "connected", "starting") in state.agents,
        "an agent without scripts starts for 40 ms",
    ),
    Fleeting(
        (
            "flows/create-apply-fails",
            "flows/create-dynamic",
            "flows/create-long-log",
            "flows/create-odd-logs",
            "flows/create-provider-quota-error",
            "flows/start-after-failure",
        ),
        lambda state: state.status == "starting" and state.daily_cost > 0,
        "between the commit and the end of the build 20 to 190 ms pass",
    ),
)

# Rows of users/scope-matrix whose lists have other lengths here.
COUNTED_OTHERWISE = {
    "GET /templates": OWN_TEMPLATES,
    "GET /users/me/organizations": RESEARCH,
    "GET /workspaces?q=owner:me": "the recorder made workspaces as it went on",
}

# Recorded routes that the simulator does not have.
NO_TOOL = "no tool needs it yet"
ABSENT_ROUTES = {
    "GET /api/v2/templateversions/<uuid>/logs": NO_TOOL,
    "GET /api/v2/templateversions/<uuid>/resources": NO_TOOL,
    "GET /api/v2/templateversions/<uuid>/variables": NO_TOOL,
    "GET /api/v2/workspaceagents/<uuid>/connection": NO_TOOL,
    "GET /api/v2/workspaceagents/<uuid>/pty": NO_TOOL,
    "GET /api/v2/workspacebuilds/<uuid>/resources": NO_TOOL,
    "GET /api/v2/workspaces/<uuid>/acl": NO_TOOL,
    "GET /api/v2/workspaces/<uuid>/agent-connection-watch": NO_TOOL,
    "GET /api/v2/workspaces/<uuid>/external-agent/main/credentials": NO_TOOL,
    "GET /api/v2/workspaces/<uuid>/watch": "the deprecated form of watch-ws",
    "PATCH /api/v2/workspaces/<uuid>": NO_TOOL,
    "POST /api/v2/users/me/keys/tokens": NO_TOOL,
    "PUT /api/v2/workspaces/<uuid>/favorite": NO_TOOL,
}

# What no recording shows, by route, and where it is known from instead. A route that has a
# recording of its success stands here for what else it answers.
SOURCE = "coder/coder "
NOT_RECORDED = {
    "GET /api/v2/organizations": SOURCE + "coderd/organizations.go: what the caller may read",
    "GET /api/v2/users/{user}": (
        SOURCE + "coderd/httpmw/apikey.go: on every route a token that has ended is a 401 with its"
        " end in `detail`; that of a sign-in moves with its use"
    ),
    "GET /api/v2/users/{user}/keys/{keyid}": (
        SOURCE + "coderd/apikey.go: `scope` of a scoped token is empty; `last_used` is year 1"
        " before the first use"
    ),
    "GET /api/v2/users/{user}/keys/tokens": (
        SOURCE + "coderd/apikey.go: tokens with a name that have not ended, with `username`"
    ),
    "GET /api/v2/templateversions/{templateversion}/dynamic-parameters": (
        SOURCE + "coderd/parameters.go: a plain request is a 426; what a client sends is answered"
        " there, and ends the stream here"
    ),
    "PUT /api/v2/workspaces/{workspace}/dormant": (
        SOURCE + "coderd/workspaces.go: this, `autostart` and `ttl` are 404 without"
        " workspace:update; coderd/autobuild/lifecycle_executor.go: what they set is carried out"
    ),
    "GET /api/v2/groups": (
        SOURCE + "enterprise/coderd/groups.go: 403 without a licence, members of the caller's"
        " groups only"
    ),
    "GET /api/v2/workspaceagents/{workspaceagent}/listening-ports": (
        SOURCE + "coderd/workspaceagents.go: 400 unless the agent is connected"
    ),
    "POST /api/v2/authcheck": (
        SOURCE + "coderd/rbac/roles.go: the rights of a member, in short: all of their own,"
        " reading of what their organizations share"
    ),
    "PUT /api/v2/workspaces/{workspace}/extend": (
        SOURCE + "coderd/workspaces.go, putExtendWorkspace: the 200 and its message, 409 while"
        " building, 400 too soon or beyond `max_deadline`, 500 without workspace:update"
    ),
}

# Recordings of routes that the simulator has, which show what it does not do on them.
NOT_PLAYED = {
    "server/rate-limit-before": "no rate limit; a fault answers 429 where a test needs one",
    "server/rate-limited": "no rate limit; a fault answers 429 where a test needs one",
    "streams/agent-logs-follow": "agent logs cannot be followed, only read: " + NO_TOOL,
}
