"""Practice portals (练习门户): carrier portals to learn, demonstrate and test without an insurer."""
