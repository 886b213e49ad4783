"""Text as it was on the wire, a character a byte, so that no two byte strings look the same.

HTTP hands header fields and URLs over as Latin-1; decoded parameters and JSON strings are brought
into the same form here.
"""

from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"


def wire_bytes(text: str) -> bytes:
    """The bytes behind a wire text; any other text gives its UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def wire_text(text: str) -> str:
    """A decoded text (of a JSON string, of an option) as it was on the wire, in UTF-8."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """The name-value pairs of a query string or a form, in order."""
    return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, encoding="latin-1")


def is_form(content_type: str) -> bool:
    """Whether a body of this type holds form fields."""
    return content_type.partition(";")[0].strip().lower() == FORM
