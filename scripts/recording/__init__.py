"""How each carrier's practice portal is recorded: a module per carrier with `record(recorder)`."""
