"""From the facts to the checks of the table; what needs one that fails is skipped. Pure."""

from collections.abc import Callable, Mapping

from coder_mcp.checkup import account, connection
from coder_mcp.checkup.case import Case
from coder_mcp.core.checks.check import LATE, Check
from coder_mcp.core.checks.table import CHECKS
from coder_mcp.errors import SettingsError
from coder_mcp.login import Address

_CORRECT = "Correct it where it is set: in the client's entry of this server, or in this terminal."
_STEPS: Mapping[str, str] = {
    **dict.fromkeys(("settings", "deployment", "certificates", "proxy"), _CORRECT),
    "API": "Is CODER_URL right? If it is, tell the administrator of the deployment.",
}
_TELL = (
    "Look again in a minute; if that ends as this did, tell the administrator of the deployment."
)


def judged(case: Case) -> tuple[Check, ...]:
    """A check for each line of the table that has its facts here."""
    checks: dict[str, Check] = {}
    roots: dict[str, str] = {}
    for looked in CHECKS:
        judge = _JUDGES.get(looked.name)
        if judge is None:
            continue
        alone = _stands_alone(looked.name, case)
        missing = [] if alone else [need for need in looked.needs if not _holds(checks[need])]
        if missing:
            root = roots[looked.name] = roots.get(missing[0], missing[0])
            checks[looked.name] = _skipped(looked.name, f"Needs {root}.")
        else:
            checks[looked.name] = _with_step(judge(case) or _skipped(looked.name, LATE))
    return tuple(checks.values())


def _with_step(check: Check) -> Check:
    """The check; of a failure that says no more, where to correct it, or whom to tell."""
    if check.status != "fail" or check.next_step is not None:
        return check
    return check.model_copy(update={"next_step": _STEPS.get(check.name, _TELL)})


def _stands_alone(name: str, case: Case) -> bool:
    """Whether it is known whatever became of what it needs."""
    facts = case.facts
    if name == "DNS":  # a proxy that opens no way is found all the same
        return facts.addresses is not None
    # That there is no token is known without the deployment.
    has_no_token = isinstance(facts.login, SettingsError) and isinstance(facts.address, Address)
    return name == "token" and has_no_token


def _holds(check: Check) -> bool:
    return check.status in ("ok", "warn")


def _skipped(name: str, why: str) -> Check:
    return Check(name=name, status="skipped", message=why)


_JUDGES: Mapping[str, Callable[[Case], Check | None]] = {
    "settings": connection.settings,
    "deployment": connection.deployment,
    "certificates": connection.certificates,
    "proxy": connection.proxy,
    "DNS": connection.dns,
    "TCP": connection.tcp,
    "TLS": connection.tls,
    "API": connection.api,
    "version": connection.version,
    "clock": connection.clock,
    "token": account.token,
    "scopes": account.scopes,
    "WebSocket": account.websocket,
    "organizations": account.organizations,
    "quota": account.quota,
    "templates": account.templates,
}
