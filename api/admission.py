"""Who comes in: keys in force, each at its rate; an address that guesses gets no more answers."""

import hashlib
import logging
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response

from api.address import client_of
from api.auth import authenticate
from api.errors import error
from api.limits import Limits
from layeron.errors import UnavailableError
from layeron.operating_records import ApiKey
from layeron.ports.records import RecordStore
from layeron.settings import Settings

logger = logging.getLogger("layeron.api")

_CHALLENGE = {"www-authenticate": "Bearer"}
_MOST_REMEMBERED = 10_000


class Admission:
    """Looks at the key of a request.

    An address whose keys fail too often is refused without a look, except with what was let in from
    there before: strangers behind the same proxy lock nobody out.
    """

    def __init__(self, records: RecordStore, settings: Settings) -> None:
        self._records = records
        self._limits = Limits(settings.api_rate)
        self._proxies = settings.trusted_proxies
        self._let_in: OrderedDict[bytes, None] = OrderedDict()

    async def admit(self, request: Request) -> ApiKey | Response:
        """The key, or the answer that refuses."""
        address = f"address {client_of(request, proxies=self._proxies)}"
        said = f"{address} {request.headers.get('authorization', '')}"
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()
        if digest not in self._let_in and (wait := self._limits.wait(address)):
            return _limited(wait)
        try:
            key = await authenticate(request, self._records)
        except UnavailableError as trouble:
            # Who asks is not known yet, so nothing of our inside is told.
            logger.warning("keys cannot be checked: %s", trouble)
            return error(503, "unavailable", "keys cannot be checked now; try again later")
        if key is None:
            self._limits.take(address)
            return error(401, "unauthorized", "send a valid API key as bearer", _CHALLENGE)
        self._remember(digest)
        return self.slowed(key) or key

    def slowed(self, key: ApiKey) -> Response | None:
        """The answer that refuses a key which asks too often; None if this one may."""
        wait = self._limits.take(f"key {key.id}")
        return _limited(wait) if wait else None

    def _remember(self, digest: bytes) -> None:
        self._let_in[digest] = None
        self._let_in.move_to_end(digest)
        if len(self._let_in) > _MOST_REMEMBERED:
            self._let_in.popitem(last=False)


def _limited(wait: int) -> Response:
    message = f"too many requests; wait {wait} s, or raise LAYERON_API_RATE"
    return error(429, "rate_limited", message, {"retry-after": str(wait)})
