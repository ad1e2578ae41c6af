"""When workspaces start and stop by themselves: schedules, deadlines, and putting them off."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from coder_mcp.simulator.records.deployment import Deployment
from coder_mcp.simulator.records.state import Build, Template, Workspace
from coder_mcp.simulator.rules.access import Caller
from coder_mcp.simulator.rules.refusals import Refusal, failed_tag, invalid

# By the source (coderd/workspaces.go): the words say 30 minutes, the check 29.
SOON = timedelta(minutes=29)
LEAST_TTL_MS, MOST_TTL_MS = 60_000, 30 * 24 * 3_600_000
# A required stop this close to the end of a build is left out (coderd/schedule/autostop.go).
LEEWAY = timedelta(hours=1)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BAD_SCHEDULE = "validate weekly schedule: expected"
# The days of a week in cron: 0 is Sunday, and names are theirs in three letters.
CRON_DAYS = {day[:3]: (place + 1) % 7 for place, day in enumerate(WEEK)}


def check_schedule(schedule: str | None, message: str) -> None:
    """Refuse an autostart schedule that Coder would refuse, in the words of the route."""
    try:
        if schedule is not None:
            parsed(schedule)
    except ValueError as error:
        raise Refusal(400, message, validations=(("schedule", str(error)),)) from error


def check_ttl(ttl_ms: int | None) -> None:
    """Refuse a time until shutdown that is too short or too long; none, or 0, is neither."""
    problem = ""
    if ttl_ms and ttl_ms < LEAST_TTL_MS:
        problem = "time until shutdown must be at least one minute"
    elif ttl_ms and ttl_ms > MOST_TTL_MS:
        problem = "time until shutdown must be less than 30 days"
    if problem:
        message = "Error updating workspace time until shutdown."
        raise Refusal(400, message, validations=(("ttl_ms", problem),))


def check_automatic_updates(value: str) -> None:
    """Refuse a value that Coder does not know."""
    if value not in {"always", "never"}:
        raise invalid(failed_tag("automatic_updates", "oneof", value))


def parsed(schedule: str) -> tuple[tzinfo, list[frozenset[int]]]:
    """The time zone of a weekly schedule, and its minutes, hours and days; ValueError if none."""
    zone, fields = re.fullmatch(r"(?:CRON_TZ=(\S+) )?(.*)", schedule, re.DOTALL).groups()  # pyright: ignore[reportOptionalMemberAccess]  # it always fits
    parts = fields.split()
    if len(parts) != 5:
        msg = f"{BAD_SCHEDULE} schedule to consist of 5 fields"
        raise ValueError(f"{msg} with an optional CRON_TZ=<timezone> prefix")
    if parts[2] != "*" or parts[3] != "*":
        msg = f"{BAD_SCHEDULE} month and dom to be *"
        raise ValueError(msg)
    days = re.sub("[a-z]{3}", lambda day: str(CRON_DAYS.get(day[0], day[0])), parts[4].lower())
    limits = ((parts[0], 59), (parts[1], 23), (days, 6))
    return time_zone(zone or "UTC"), [numbers(part, most) for part, most in limits]


def time_zone(name: str) -> tzinfo:
    """A time zone; where the machine knows none at all, every zone is UTC."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        if not available_timezones():
            return UTC
        msg = f"parse schedule: provided bad location {name}: unknown time zone {name}"
        raise ValueError(msg) from error


def numbers(field: str, most: int) -> frozenset[int]:
    """What one field of a schedule allows: `*`, numbers, ranges, and lists of them."""
    allowed: set[int] = set()
    for item in field.split(","):
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", f"0-{most}" if item == "*" else item)
        if found is None or int(found[2] or found[1]) > most:
            msg = f"parse schedule: failed to parse {item}"
            raise ValueError(msg)
        allowed |= set(range(int(found[1]), int(found[2] or found[1]) + 1))
    return frozenset(allowed)


def next_start(workspace: Workspace, now: datetime) -> datetime | None:
    """When the workspace would start by itself; never while it is dormant."""
    if not workspace.autostart_schedule or workspace.dormant_at or workspace.is_deleted:
        return None
    zone, (minutes, hours, days) = parsed(workspace.autostart_schedule)
    here = now.astimezone(zone)
    for ahead in range(8):
        day = (here + timedelta(days=ahead)).replace(second=0, microsecond=0)
        if (day.weekday() + 1) % 7 not in days:
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                moment = day.replace(hour=hour, minute=minute).astimezone(UTC)
                if moment > now:
                    return moment
    return None


def required_stop(template: Template, now: datetime) -> datetime | None:
    """The next moment at which the template wants its workspaces stopped.

    It is midnight in UTC, the quiet hours of who has set none, on one of the days that it names.
    """
    midnight = (now + LEEWAY).replace(hour=0, minute=0, second=0, microsecond=0)
    coming: Sequence[datetime] = [midnight + timedelta(days=ahead) for ahead in range(1, 8)]
    return next((day for day in coming if WEEK[day.weekday()] in template.autostop_days), None)


def set_deadlines(build: Build, now: datetime) -> None:
    """What a build that has just succeeded gets; a stop, too (recorded: get-stopped.json).

    An end after the next autostart is counted from that (recorded: flows/start.json).
    """
    workspace = build.workspace
    if build.transition == "delete":
        return
    build.max_deadline = required_stop(workspace.template, now)
    build.deadline = build.max_deadline
    if workspace.ttl_ms:
        ttl, start = timedelta(milliseconds=workspace.ttl_ms), next_start(workspace, now)
        end = start + ttl if start is not None and now + ttl > start else now + ttl
        build.deadline = min(end, build.max_deadline or end)


def set_ttl(deployment: Deployment, workspace: Workspace, ttl_ms: int | None) -> None:
    """Change the time until shutdown: a new one counts from the next build on, none at once."""
    check_ttl(ttl_ms)
    workspace.ttl_ms = ttl_ms // 60_000 * 60_000 if ttl_ms else None
    if workspace.ttl_ms is None:
        build = workspace.latest_build
        build.deadline = build.max_deadline
    deployment.schedule_changed.emit(None)


def set_autostart(deployment: Deployment, workspace: Workspace, schedule: str | None) -> None:
    """Change when the workspace starts by itself; without a schedule it does so no more."""
    check_schedule(schedule, "Invalid autostart schedule.")
    workspace.autostart_schedule = schedule
    deployment.schedule_changed.emit(None)


def deleting_at(workspace: Workspace) -> datetime | None:
    """When a dormant workspace would be deleted, where its template says so."""
    wait = workspace.template.time_til_dormant_autodelete_ms
    if workspace.dormant_at is None or not wait:
        return None
    return workspace.dormant_at + timedelta(milliseconds=wait)


def extend(
    deployment: Deployment, caller: Caller, workspace: Workspace, deadline: datetime
) -> None:
    """Move the deadline of the latest build, or refuse it.

    The two conflicts are recorded; the order of the checks and the other words are of the source
    (coderd/workspaces.go). A shorter time is an extension like any other.
    """
    build = workspace.latest_build
    if build.transition != "start":
        raise Refusal(409, f"Workspace must be started, current status: {build.transition}")
    if build.job.completed_at is None:
        raise Refusal(409, "Workspace is still building!")
    if build.deadline is None:
        raise Refusal(409, "Workspace shutdown is manual.")
    if deadline < deployment.now() + SOON:
        problem = "new deadline must be at least 30 minutes in the future"
        raise Refusal(400, f"Cannot extend workspace: {problem}")
    if build.max_deadline is not None and deadline > build.max_deadline:
        raise Refusal(400, "Cannot extend workspace beyond max deadline.")
    if not caller.may("workspace:update"):
        raise Refusal(500, "Failed to extend workspace deadline.")
    build.deadline = deadline
    build.updated_at = deployment.now()
    deployment.schedule_changed.emit(None)
    deployment.workspace_changed.emit(workspace)
