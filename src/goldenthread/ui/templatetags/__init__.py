"""Tags for the few pages that Django's own template language draws (allauth's)."""
