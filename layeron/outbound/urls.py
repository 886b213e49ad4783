"""Whether a URL may be an endpoint's, as far as its text tells."""

import re
from urllib.parse import urlsplit

_ALLOWED = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")


def check_url(url: str) -> None:
    """Return if events can be posted to *url*; where its name leads is another question.

    Raises:
        ValueError: with the reason and the mend.
    """
    mend = "write one such as https://example.com/webhooks"
    if not _ALLOWED.fullmatch(url):
        raise ValueError(f"the URL holds characters that none has, or is empty; {mend}")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError(f"{url[:80]!r} is no URL; {mend}") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"{url[:80]!r} is neither https nor http; {mend}")
    if not host or port == 0:
        raise ValueError(f"{url[:80]!r} names no host; {mend}")
    if "@" in parts.netloc:
        raise ValueError("the URL holds a login; send credentials in a header instead")
    if parts.fragment or url.endswith("#"):
        raise ValueError("the URL has a fragment (#…), which is never sent; leave it out")
