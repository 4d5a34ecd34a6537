"""The desk: the daemon of one clerk. It keeps, forwards, shows; it never judges."""
