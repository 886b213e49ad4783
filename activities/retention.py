"""The side effects of retention and of erasing a user, page by page."""

from datetime import UTC, datetime

from temporalio import activity

from activities.heartbeat import heartbeats
from activities.trouble import trouble_of_ours
from layeron.retaining import Retaining


class RetentionActivities:
    """Deletes what is kept no longer."""

    def __init__(self, retention: Retaining) -> None:
        self._retention = retention

    @activity.defn(name="apply_retention")
    async def apply(self) -> bool:
        """Delete a page of each webhook; whether there may be more."""
        async with heartbeats(), trouble_of_ours("retention"):
            return await self._retention.expire(datetime.now(UTC))

    @activity.defn
    async def erase_page(self, user_id: str, before: datetime) -> bool:
        """Delete a page of what was sent for a user; whether there may be more now."""
        async with heartbeats(), trouble_of_ours("erasing"):
            return await self._retention.erase_page(user_id, before=before)

    @activity.defn
    async def is_sending(self, user_id: str, before: datetime) -> bool:
        """Whether something of a user has not ended, so that its body is still needed."""
        async with heartbeats(), trouble_of_ours("erasing"):
            return await self._retention.is_sending(user_id, before=before)
