"""Between browser and daemon: framing, native host, socket server, installation, doctor."""
