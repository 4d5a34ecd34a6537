"""A whole desk on one machine, for the tour and the tests: bus, keyring, portal, daemon, browser, clerk."""
