"""One shape for every error the HTTP side answers."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

CODES: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request is not as it must be; the message names the mend."),
    401: ("unauthorized", "There is no key in force."),
    403: ("forbidden", "The key lacks the scope."),
    404: ("not_found", "There is no such thing."),
    409: ("conflict", "It is in a state that does not allow this."),
    410: ("body_lost", "The body is gone, or was altered after it was stored."),
    413: ("body_too_large", "The body is too large."),
    422: ("payload_invalid", "What was given cannot be used; the message names the mend."),
    429: ("rate_limited", "Too many requests; wait."),
    503: ("unavailable", "A part that is needed does not answer; try again later."),
}
"""The errors of the API by their status, and what each means."""


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """``{"error": {"code", "message"}}``; the message is for people, the code for programs."""
    return JSONResponse(
        {"error": {"code": code, "message": message}}, status_code=status, headers=headers
    )
