"""One shape for every error the HTTP side answers."""

from collections.abc import Mapping

from starlette.responses import JSONResponse


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """``{"error": {"code", "message"}}``; the message is for people, the code for programs."""
    return JSONResponse(
        {"error": {"code": code, "message": message}}, status_code=status, headers=headers
    )
