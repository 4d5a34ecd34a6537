"""Tables and migrations of the management system."""
