"""The one file that knows the platform's local sockets (unix: mode 0600 and the peer's uid)."""
