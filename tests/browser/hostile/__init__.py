"""Pages that lie, spy and press by themselves: what each tries, and how they are run."""
