"""The HTTP side: the receiver for providers, the API for operators."""
