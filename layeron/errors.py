"""Every error of the system, as one tree; catch by meaning.

LayeronError
├── ConfigurationError        a declaration or a setting is wrong; says what to change
├── PermanentError            raised by a handler: do not try this event again
├── PayloadError              a payload to send does not fit its event type
├── NotFoundError             no such event, payload or key
├── CursorError               a cursor that no page of the list gave
├── ConflictError             the event is in a state that does not allow it
├── BodyLostError             a stored raw body is gone or was altered; trying again cannot help
│   └── BodyErasedError       it was deleted on purpose: by the retention policy, or on request
├── GatewayError              the API answered with an error (used outside the service)
└── UnavailableError          trouble of ours: try again later, nobody's attempt is used up
    ├── BlobStoreUnavailableError
    ├── DatabaseUnavailableError
    ├── DocumentUnavailableError
    ├── EngineUnavailableError
    └── SecretUnavailableError
"""


class LayeronError(Exception):
    """Base of every error this package raises."""


class ConfigurationError(LayeronError):
    """A declaration or a setting is wrong; the message names the thing and the mend."""


class PermanentError(LayeronError):
    """Raise it in a handler when another attempt cannot succeed: the event is a dead letter."""


class PayloadError(LayeronError):
    """What was given to `send` cannot be sent; the message names the place and the mend."""


class NotFoundError(LayeronError):
    """The event, payload or key that was asked for does not exist."""


class CursorError(LayeronError):
    """A cursor is not one that a page of this list gave as its ``next_cursor``."""


class ConflictError(LayeronError):
    """The event is in a state that does not allow this, such as a replay while it runs."""


class BodyLostError(LayeronError):
    """A stored raw body is missing, or its bytes no longer match the recorded SHA-256."""


class BodyErasedError(BodyLostError):
    """A stored raw body was deleted on purpose: by the retention policy, or on request."""


class GatewayError(LayeronError):
    """The HTTP API refused a call made from outside the service.

    Attributes:
        status: the HTTP status it answered with; 0 when it could not be reached.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class UnavailableError(LayeronError):
    """A part we depend on does not answer now; the work is kept and tried again."""


class BlobStoreUnavailableError(UnavailableError):
    """The store of raw bodies does not take or give a body."""


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer, or answered with a passing failure."""


class DocumentUnavailableError(UnavailableError):
    """A provider's certificate or key set cannot be fetched now."""


class EngineUnavailableError(UnavailableError):
    """Temporal does not take a start, or does not answer in time."""


class SecretUnavailableError(UnavailableError):
    """A secret has no value now, or its store does not answer."""
