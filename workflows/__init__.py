"""Deterministic code: what happens to an event, in which order, and what follows a failure."""
