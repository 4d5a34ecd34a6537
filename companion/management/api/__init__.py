"""The management system's API: OpenAPI 3.1 over HTTP, commands over a WebSocket."""
