"""Commands for developers and demonstrations: run, test, bench and what they share."""
