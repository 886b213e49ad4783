"""Receive Stripe events: the smallest useful application."""

from layeron import Context, Event, backend, secret, webhooks

app = backend()

stripe = webhooks.stripe(path="/webhooks/stripe", secret=secret("STRIPE_WEBHOOK_SECRET"))
app.use(stripe)


@stripe.on("invoice.paid")
async def mark_invoice_paid(event: Event, ctx: Context) -> None:
    """Runs once for each paid invoice, and again only if it raises."""
    await ctx.log("invoice paid", invoice=event.external_event_id, key=ctx.idempotency_key)
