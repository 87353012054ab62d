"""Golden Thread."""
