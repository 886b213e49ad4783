"""Vercel's events: https://vercel.com/docs/webhooks/webhooks-api."""

import time

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id


def sample(event_type: str) -> Sample:
    """An event of any type, about a deployment or a project."""
    about: dict[str, Json] = {
        "team": {"id": "team_nLlpyC6RE1qxqglFKbrMxlud"},
        "user": {"id": "zTuNVUXEAvvnNN3IaqinkyMw"},
        "project": {"id": "prj_HGHoiNBEd9xQEoEWgcFgDyVvUz9Z"},
    }
    if event_type.startswith("deployment."):
        about |= {
            "deployment": {
                "id": fresh_id("dpl_", 28),
                "meta": {"githubCommitRef": "main"},
                "name": "hello-world",
                "url": "hello-world-a1b2c3d4e.vercel.app",
            },
            "plan": "pro",
            "regions": ["fra1"],
            "target": "production",
        }
    payload: Json = {
        "id": fresh_id("uev_", 24),
        "type": event_type,
        "createdAt": time.time_ns() // 1_000_000,
        "region": "sfo1",
        "payload": about,
    }
    return Sample(payload, {"content-type": "application/json"})
