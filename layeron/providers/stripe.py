"""Stripe: https://docs.stripe.com/webhooks#verify-manually."""
