"""get_quota and whoami."""

import json
import re

from inline_snapshot import snapshot

from whole import deployed


async def test_the_credits_of_each_organization_and_what_holds_them_are_shown() -> None:
    async with deployed(seeded=True) as whole:
        assert await whole.call("get_quota") == snapshot(
            {
                "outcome": "found",
                "message": "In organization coder 21 of 60 credits are used; 39 are left. In organization research 0 of 60 credits are used; 60 are left. Deleting a workspace frees the credits that it holds; stopping one may free some, which is not known beforehand.",
                "quotas": [
                    {
                        "organization_name": "coder",
                        "credits_consumed": 21,
                        "budget": 60,
                        "credits_left": 39,
                        "enforced": True,
                    },
                    {
                        "organization_name": "research",
                        "credits_consumed": 0,
                        "budget": 60,
                        "credits_left": 60,
                        "enforced": True,
                    },
                ],
                "workspaces": [
                    {
                        "workspace_name": "dev1/gpu-training",
                        "daily_cost": 10,
                        "status": "stopped",
                        "organization_name": "coder",
                    },
                    {
                        "workspace_name": "dev1/legacy-import",
                        "daily_cost": 5,
                        "status": "failed",
                        "organization_name": "coder",
                    },
                    {
                        "workspace_name": "dev1/web",
                        "daily_cost": 5,
                        "status": "running",
                        "organization_name": "coder",
                    },
                    {
                        "workspace_name": "dev1/api-old",
                        "daily_cost": 1,
                        "status": "stopped",
                        "organization_name": "coder",
                    },
                ],
            }
        )


async def test_who_is_signed_in() -> None:
    async with deployed() as whole:
        answer = json.dumps(await whole.call("whoami"))
        masked = re.sub(r"20\d\d-\d\d-\d\dT[\d:]+Z", "<time>", answer)
        assert json.loads(masked) == snapshot(
            {
                "outcome": "connected",
                "message": "Connected to https://coder.test as dev1. The session token is from CODER_SESSION_TOKEN, ends at <time> unless it is used until then, and has no limit of its own.",
                "url": "https://coder.test",
                "username": "dev1",
                "organizations": ["coder", "research"],
                "token_source": "CODER_SESSION_TOKEN",
                "token_expires_at": "<time>",
                "server_version": "v2.36.1+c9a1e2b",
                "coder_mcp_version": "0.1.0",
            }
        )
