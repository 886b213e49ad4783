"""One shape for every error the HTTP side answers."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from api.questions import BadRequestError
from layeron.errors import (
    BodyErasedError,
    BodyLostError,
    ConflictError,
    CursorError,
    NotFoundError,
    PayloadError,
    UnavailableError,
)

CODES: Mapping[str, tuple[int, str]] = {
    "bad_request": (400, "The request is not as it must be; the message names the mend."),
    "unauthorized": (401, "There is no key in force."),
    "forbidden": (403, "The key lacks the scope."),
    "not_found": (404, "There is no such thing."),
    "conflict": (409, "It is in a state that does not allow this."),
    "body_erased": (410, "The body was deleted, by the retention policy or on request."),
    "body_lost": (410, "The body is gone, or was altered after it was stored."),
    "body_too_large": (413, "The body is too large."),
    "payload_invalid": (422, "What was given cannot be used; the message names the mend."),
    "rate_limited": (429, "Too many requests; wait."),
    "unavailable": (503, "A part that is needed does not answer; try again later."),
}
"""The errors of the API: their status, and what each means."""

_CODE_OF: Mapping[type[Exception], str] = {
    BadRequestError: "bad_request",
    CursorError: "bad_request",
    NotFoundError: "not_found",
    ConflictError: "conflict",
    BodyErasedError: "body_erased",  # before its base
    BodyLostError: "body_lost",
    PayloadError: "payload_invalid",
    UnavailableError: "unavailable",
}
"""What becomes of exceptions, over the API and on the dashboard."""


def code_of(trouble: Exception) -> str | None:
    """The code of an exception; None for one that nobody can help outside."""
    return next((code for kind, code in _CODE_OF.items() if isinstance(trouble, kind)), None)


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """``{"error": {"code", "message"}}``; the message is for people, the code for programs."""
    return JSONResponse(
        {"error": {"code": code, "message": message}}, status_code=status, headers=headers
    )
