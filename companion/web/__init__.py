"""What desk and management system share to serve pages: guard, one-time links, locales, styles."""
