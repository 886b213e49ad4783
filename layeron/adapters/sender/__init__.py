"""Sending HTTP requests to addresses that customers chose."""

from layeron.adapters.sender.sender import PooledSender, open_sender

__all__ = ["PooledSender", "open_sender"]
