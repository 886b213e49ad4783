"""Side effects, as methods of objects that were handed their tools."""
