"""The rules by which workspaces and builds come to be: what is checked, in which order.

The order decides which refusal a caller sees (coderd/workspaces.go, coderd/wsbuilder).
"""

from coder_mcp.simulator.records.accounts import User
from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Build, Job, Template, TemplateVersion, Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.bodies import BuildRequest, WorkspaceRequest
from coder_mcp.simulator.rules.refusals import Refusal
from coder_mcp.simulator.rules.schedules import (
    check_automatic_updates,
    check_schedule,
    check_ttl,
)
from coder_mcp.simulator.rules.versions import (
    build_values,
    build_version,
    check_external_auth,
    check_version,
    implied_preset,
    requested_version,
)

NO_CREATE = (
    "You are unable to create a workspace in this organization. It is possible to have access to"
    " the template, but not be able to create a workspace. Please contact an administrator about"
    " your permissions if you feel this is an error."
)
NO_USE = (
    "Although you are able to view the template, you are unable to create a workspace using it."
    " Please contact an administrator about your permissions if you feel this is an error."
)
NO_BUILD = (
    "You don't have permission to view this content. If you believe this is a mistake, please"
    " contact your administrator or try signing in with different credentials."
)


def create_workspace(
    deployment: Deployment, caller: Caller, owner: User, request: WorkspaceRequest
) -> Workspace:
    """Make a workspace and queue its first build, or refuse and leave nothing behind."""
    version = requested_version(deployment, caller, request)
    template = version.template
    check_creation(caller, owner, template)
    check_external_auth(version, owner)
    check_schedule(request.autostart_schedule, "Invalid Autostart Schedule.")
    check_ttl(request.ttl_ms)
    check_automatic_updates(request.automatic_updates)
    if find_workspace(deployment, owner, request.name):
        detail = "This value is already in use and should be unique."
        message = f'Workspace "{request.name}" already exists.'
        raise Refusal(409, message, validations=(("name", detail),))
    values = build_values(version, request, {})
    check_version(caller, version, "start")
    workspace = Workspace(
        id=deployment.new_id(),
        name=request.name,
        owner=owner,
        template=template,
        created_at=deployment.now(),
        last_used_at=deployment.now(),
        automatic_updates=request.automatic_updates,
        autostart_schedule=request.autostart_schedule,
        ttl_ms=request.ttl_ms or template.default_ttl_ms or None,
    )
    deployment.workspaces.append(workspace)
    preset_id = request.template_version_preset_id or implied_preset(version, request)
    first = BuildRequest(transition="start", template_version_preset_id=preset_id)
    add_build(deployment, workspace, caller.user, version, first, values)
    return workspace


def check_creation(caller: Caller, owner: User, template: Template) -> None:
    """Refuse who may make no workspace, or none of this template, and a deprecated one."""
    if not (caller.may("workspace:create") and caller.sees_user(owner)):
        raise Refusal(403, "Unauthorized to create workspace.", NO_CREATE)
    if not caller.may("template:use"):
        message = f'Unauthorized access to use the template "{template.name}".'
        raise Refusal(403, message, NO_USE)
    if template.deprecation_message:
        message = (
            f'Template "{template.name}" has been deprecated,'
            " and cannot be used to create a new workspace."
        )
        raise Refusal(400, message, template.deprecation_message)


def create_build(
    deployment: Deployment, caller: Caller, workspace: Workspace, request: BuildRequest
) -> Build:
    """Queue a start, stop or delete, or refuse it.

    Without a version it is that of the latest build, whatever became of it. A start of what
    runs and a stop of what is stopped are builds like any other.
    """
    transition = request.transition
    if workspace.is_deleted:
        message = f"Cannot {transition} a deleted workspace!"
        raise Refusal(409, message, "This workspace has been deleted and cannot be modified.")
    if not caller.may(f"workspace:{transition}"):
        message = f"You do not have permission to {transition} this workspace."
        raise Refusal(403, message, NO_BUILD)
    version = build_version(deployment, workspace, request)
    latest = workspace.latest_build
    if latest.is_active:
        message = "A workspace build is already active."
        raise Refusal(409, message, message)
    values = build_values(version, request, latest.parameters)
    check_version(caller, version, transition)
    if transition == "start":
        workspace.dormant_at = None
    build = add_build(deployment, workspace, caller.user, version, request, values)
    deployment.workspace_changed.emit(workspace)
    return build


def add_build(
    deployment: Deployment,
    workspace: Workspace,
    initiator: User,
    version: TemplateVersion,
    request: BuildRequest,
    values: dict[str, str],
) -> Build:
    """Put the job of a build that was allowed into the queue."""
    now = deployment.now()
    build = Build(
        id=deployment.new_id(),
        workspace=workspace,
        number=len(workspace.builds) + 1,
        transition=request.transition,
        version=version,
        initiator=initiator,
        reason=request.reason,
        parameters=values,
        preset_id=request.template_version_preset_id,
        job=Job(id=deployment.new_id(), created_at=now),
        created_at=now,
        updated_at=now,
    )
    workspace.builds.append(build)
    deployment.work_arrived.emit(None)
    return build


def find_workspace(deployment: Deployment, owner: User, name: str) -> Workspace | None:
    """The owner's workspace of that name, in whatever letter case, unless it was deleted."""
    return next(
        (
            workspace
            for workspace in deployment.workspaces
            if workspace.owner is owner
            and workspace.name.lower() == name.lower()
            and not workspace.is_deleted
        ),
        None,
    )
