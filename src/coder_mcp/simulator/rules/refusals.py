"""How Coder says no: a status and the error envelope, with the texts of the recordings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Json = dict[str, object]


@dataclass(eq=False)
class Refusal(Exception):
    """A request that is answered with an error; nothing was changed.

    `validations` are (field, detail); `headers` are those of the answer.
    """

    status: int
    message: str
    detail: str = ""
    validations: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        return self.message

    def envelope(self) -> Json:
        """The body of the answer; empty parts are left out (codersdk/client.go)."""
        body: Json = {"message": self.message}
        if self.detail:
            body["detail"] = self.detail
        if self.validations:
            body["validations"] = [{"field": f, "detail": d} for f, d in self.validations]
        return body


def not_found() -> Refusal:
    """The same for what does not exist and for what the caller may not see."""
    return Refusal(404, "Resource not found or you do not have access to this resource")


def route_not_found() -> Refusal:
    """A path that no route has."""
    return Refusal(404, "Route not found.")


def invalid(*validations: tuple[str, str]) -> Refusal:
    """A body whose fields do not fit; each as (field, detail)."""
    return Refusal(400, "Validation failed.", validations=validations)


def failed_tag(field_name: str, tag: str, value: object) -> tuple[str, str]:
    """One entry of `invalid`, in the words of Coder's struct validator."""
    return (field_name, f'Validation failed for tag "{tag}" with value: "{value}"')


def access_control_dump(username: str, user_id: object, action: str, target: str) -> str:
    """What Coder's access control says to an error's `detail`: kilobytes of the caller's rights.

    The form is as recorded (builds/start-inactive-version-refused.json), the list is shorter.
    """
    denied = " ".join(f"{{false {resource} *}}" for resource in RESOURCES)
    return (
        f"unauthorized: rbac: forbidden: (subject: {{{username} {username}@example.com user"
        f" {user_id} [{{member Member [{{false assign_role read}}] [{denied}] map[]"
        f" 0xc000000000}}] [] {{[coder:all] [*:*]}} 0xc000000000}}), (action: {action}),"
        f" (object: {target}), (output: [])"
    )


RESOURCES = (
    "api_key",
    "assign_org_role",
    "assign_role",
    "audit_log",
    "connection_log",
    "crypto_key",
    "debug_info",
    "deployment_config",
    "deployment_stats",
    "file",
    "group",
    "group_member",
    "idpsync_settings",
    "inbox_notification",
    "license",
    "notification_message",
    "notification_preference",
    "notification_template",
    "oauth2_app",
    "organization",
    "provisioner_daemon",
    "provisioner_jobs",
    "replicas",
    "system",
    "tailnet_coordinator",
    "task",
    "template",
    "usage_event",
    "user_secret",
    "webpush_subscription",
    "workspace_proxy",
)
