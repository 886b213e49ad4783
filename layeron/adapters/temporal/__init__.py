"""The engine port on Temporal."""
