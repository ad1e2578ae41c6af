"""Every payload that a tool can return.

`outcome` and `message` come first, then facts, then what to do next, and text from outside last.
`message` and `next_step` are ours alone: what a deployment, a log or a template says stands only
in `error`, `detail`, `validations`, `last_log`, `log_tail`, `agent_error`, and in the fields of a
template. A key without a value is absent. The keys of Coder's own chat tools are kept where they
exist (coderd/x/chatd/chattool), so what reads theirs reads ours.
"""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel


# Serializers are built at their first use, so that the server starts sooner.
class Part(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """A piece of a payload."""


class Result(Part, frozen=True):
    """What every payload has."""

    outcome: str
    message: str


class OfWorkspace(Result, frozen=True):
    """What every payload about one workspace has; the name is `owner/name`."""

    workspace_name: str


class Built(OfWorkspace, frozen=True):
    """What every payload about a workspace that is up has.

    `created` is true only where this call's own request made the workspace, `no_build` where
    nothing had to be built.
    """

    created: bool | None = None
    started: bool | None = None
    status: Literal["already_exists"] | None = None
    build_id: UUID | None = None
    no_build: Literal[True] | None = None
    updated_to_active_version: Literal[True] | None = None


class Ready(Built, frozen=True):
    """It can be used now."""

    outcome: Literal["ready"] = "ready"
    startup_scripts: str | None = None
    agent_status: str | None = None
    url: str
    ssh_command: str | None = None


class StartupFailed(Built, frozen=True):
    """It can be reached, but its startup script failed or timed out."""

    outcome: Literal["startup_failed"] = "startup_failed"
    startup_scripts: str = "startup_scripts_failed"
    lifecycle_state: str
    url: str
    ssh_command: str | None = None
    next_step: str
    log_tail: str | None = None


class Unreachable(Built, frozen=True):
    """It was built, but there is no agent to work with."""

    outcome: Literal["unreachable"] = "unreachable"
    agent_status: str = "not_ready"
    url: str
    next_step: str
    agent_error: str
    troubleshooting_url: str | None = None


class InProgress(Result, frozen=True):
    """It goes on without this call; the name is there once the workspace was seen."""

    outcome: Literal["in_progress"] = "in_progress"
    workspace_name: str | None = None
    phase: str
    build_id: UUID | None = None
    elapsed_seconds: int | None = None
    typical_seconds: int | None = None
    queue_position: int | None = None
    queue_size: int | None = None
    next_step: str
    last_log: str | None = None


class Stopped(OfWorkspace, frozen=True):
    """It is stopped."""

    outcome: Literal["stopped"] = "stopped"
    stopped: Literal[True] | None = None
    created: Literal[False] | None = None
    build_id: UUID | None = None
    no_build: Literal[True] | None = None
    next_step: str | None = None


class Deleted(OfWorkspace, frozen=True):
    """It is deleted."""

    outcome: Literal["deleted"] = "deleted"
    deleted: Literal[True] = True
    build_id: UUID | None = None
    no_build: Literal[True] | None = None
    next_step: str | None = None


class Quota(Part, frozen=True):
    """Credits of one user in one organization."""

    credits_consumed: int
    budget: int


class Holding(Part, frozen=True):
    """The credits that a workspace holds: the cost of its latest build, whatever became of it."""

    workspace_name: str
    daily_cost: int
    status: str


class QuotaReached(OfWorkspace, frozen=True):
    """The build failed because the user's group quota is used up."""

    outcome: Literal["quota_reached"] = "quota_reached"
    error_code: Literal["INSUFFICIENT_QUOTA"] = "INSUFFICIENT_QUOTA"
    title: Literal["Workspace quota reached"] = "Workspace quota reached"
    build_id: UUID
    quota: Quota | None = None
    build_cost: int | None = None
    credits_missing: int | None = None
    next_step: str
    error: str
    workspaces: tuple[Holding, ...] | None = None


class BuildFailed(OfWorkspace, frozen=True):
    """The build ended in an error."""

    outcome: Literal["build_failed"] = "build_failed"
    created: Literal[False] | None = None
    build_id: UUID
    ended_at: str | None = None
    url: str
    next_step: str
    error_code: str | None = None
    error: str
    log_tail: str | None = None


class Canceled(OfWorkspace, frozen=True):
    """Someone canceled the build."""

    outcome: Literal["canceled"] = "canceled"
    created: Literal[False] | None = None
    build_id: UUID
    ended_at: str | None = None
    next_step: str


class Extended(OfWorkspace, frozen=True):
    """It stops automatically later than before."""

    outcome: Literal["extended"] = "extended"
    deadline: str
    previous_deadline: str | None = None


class NewerBuild(Part, frozen=True):
    """The build that took the place of the one that was followed."""

    build_id: UUID
    transition: str
    initiator_name: str


class Superseded(OfWorkspace, frozen=True):
    """Someone began another build while this one was followed."""

    outcome: Literal["superseded"] = "superseded"
    build_id: UUID
    next_step: str
    superseded_by: NewerBuild


class Validation(Part, frozen=True):
    """One thing to correct: a parameter, `preset`, `name`, `external_auth`, ..."""

    field: str
    detail: str
    allowed: tuple[str, ...] | None = None
    url: str | None = None


class Rejected(Result, frozen=True):
    """Nothing was changed, and why."""

    outcome: Literal["rejected"] = "rejected"
    workspace_name: str | None = None
    template_id: UUID | None = None
    next_step: str
    error: str
    detail: str | None = None
    validations: tuple[Validation, ...] | None = None


class Unknown(OfWorkspace, frozen=True):
    """A write's answer was lost and no look-up tells whether it happened."""

    outcome: Literal["unknown"] = "unknown"
    next_step: str
    error: str


class NeedsChoice(Result, frozen=True):
    """More than one fits."""

    outcome: Literal["needs_choice"] = "needs_choice"
    candidates: tuple[str, ...]
    next_step: str


class NeedsConfirmation(OfWorkspace, frozen=True):
    """What would be lost; nothing was changed."""

    outcome: Literal["needs_confirmation"] = "needs_confirmation"
    confirm: str
    next_step: str


class UpdateNeedsConfirmation(NeedsConfirmation, frozen=True):
    """What an update would change of a workspace that runs."""

    template_version: str | None = None
    active_version: str | None = None
    new_parameters: tuple[str, ...] | None = None
