"""Public apps: Voilà with our own page, for visitors without login."""
