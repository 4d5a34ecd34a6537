"""Trials: what kills, cuts and mutants do to real processes, counted against what was promised."""
