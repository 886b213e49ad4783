"""One shape for every error the HTTP side answers."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

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


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """``{"error": {"code", "message"}}``; the message is for people, the code for programs."""
    return JSONResponse(
        {"error": {"code": code, "message": message}}, status_code=status, headers=headers
    )
