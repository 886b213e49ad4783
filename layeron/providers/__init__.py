"""One file per provider: how its requests are signed and read, and what they look like."""
