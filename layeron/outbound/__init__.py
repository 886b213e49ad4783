"""Sending webhooks: publishers and their endpoints, deliveries, signing, safety."""
