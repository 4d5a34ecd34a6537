"""Pages with lists of every kind, and our row buttons in them, without a desk."""
