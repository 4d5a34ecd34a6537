"""The issuing centre (出单中心): what becomes of a hint, and why (requirements/000)."""
