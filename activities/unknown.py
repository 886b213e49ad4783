"""What a workflow is told that asks for an activity nobody registered."""

from collections.abc import Sequence
from typing import NoReturn

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError


@activity.defn(dynamic=True)
async def unknown_activity(_arguments: Sequence[RawValue]) -> NoReturn:
    """Fail with the mend; the workflow's own policy tries again, as another worker may know it."""
    name = activity.info().activity_type
    raise ApplicationError(
        f"activity {name!r} is not known to this worker; register it with app.use({name})",
        type="UnknownActivity",
    )
