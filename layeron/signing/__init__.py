"""Sign and verify requests by one rule: bytes in, verdict or headers out, the clock handed in."""
