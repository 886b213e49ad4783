"""What ``layeron dev`` says when all of it runs."""

from collections.abc import Iterator, Sequence

from layeron.cli.check import AnyDeclared, Declared, DeclaredPublisher
from layeron.cli.plan import Plan


def banner(plan: Plan, declared: Sequence[AnyDeclared]) -> Iterator[str]:
    """What runs where, and what to do next."""
    webhooks = [each for each in declared if isinstance(each, Declared)]
    yield ""
    for webhook in webhooks:
        yield f"  webhook      {webhook.shown_at(plan.url)}"
    for publisher in declared:
        if isinstance(publisher, DeclaredPublisher):
            yield f"  publisher    {publisher.shown()}"
    folder = "" if plan.folder == plan.here / ".layeron" else f" --data-dir '{plan.folder}'"
    key = f"log in with a key: layeron keys create ME{folder}"
    yield f"  dashboard    {plan.url}/dashboard ({key})"
    yield f"  API          {plan.url}/api/v1/events"
    yield f"  Temporal UI  {plan.temporal_ui}/workflows"
    yield f"  data         {plan.folder}"
    yield ""
    if webhooks:
        yield f"  in another terminal:  layeron trigger {_example(webhooks[0])}{folder}"
        yield f"                        layeron events list{folder}"
    yield "  Ctrl-C stops it; the next start finds its data again."
    yield ""


def _example(webhook: Declared) -> str:
    """What `layeron trigger` may be given."""
    exact = (each for each in webhook.handles if not each.endswith("*"))
    return f"{webhook.name} {next(exact, '')}".rstrip()
