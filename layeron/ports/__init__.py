"""What the system needs from the outside: one page per port, with its promises and its errors."""
