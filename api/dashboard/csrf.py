"""Whether a form that arrives was sent from a page of ours."""

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from api.address import address_of

FIELD = "csrf"
_SAME = frozenset({"same-origin", "none"})  # "none": typed or bookmarked by the user


def sealed(session: str, purpose: str, text: str = "") -> str:
    """A code for *text* that only who knows the session's cookie can make."""
    return hmac.new(session.encode(), f"{purpose}:{text}".encode(), "sha256").hexdigest()


def csrf_token(session: str) -> str:
    """What every form of a session carries: no other site can read the page it stands on."""
    return sealed(session, "csrf")


def is_ours(token: str, session: str) -> bool:
    """Whether a form carries the token of its session."""
    return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), csrf_token(session).encode())


def is_from_elsewhere(request: Request, *, trust_proxy: bool) -> bool:
    """Whether the browser says that another site made it send this.

    Browsers set both header fields themselves; a page cannot. What sets neither is no browser of
    today, and has nobody's cookie.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _SAME:
        return True
    origin = request.headers.get("origin")
    if origin is None:
        return False
    ours = address_of(request, trust_proxy=trust_proxy).url
    try:
        # The scheme is left out: a proxy that ends TLS may not say that it did.
        return urlsplit(origin).netloc.lower() != urlsplit(ours).netloc.lower()
    except ValueError:  # a bracket without its other half: no browser sends that
        return True
