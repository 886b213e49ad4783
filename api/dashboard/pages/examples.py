"""The command that makes a first event, for pages that have nothing to show yet."""

from layeron.application import Backend


def first_event(app: Backend) -> str | None:
    """What to type; None where nothing that receives is declared."""
    if not app.webhooks:
        return None
    webhook = app.webhooks[0]
    name = webhook.name if webhook.namespace == "default" else f"{webhook.namespace}/{webhook.name}"
    exact = (each for each in webhook.handlers.patterns if not each.endswith("*"))
    return f"layeron trigger {name} {next(exact, '')}".rstrip()
