"""What a screen reader and a keyboard are given, in Chromium."""
