"""Layeron."""
