"""A registry in memory, for tests of what Windows would be told."""


class MemoryRegistry:
    """`systems.Registry`: values by key and name."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def get(self, key: str, name: str = "") -> str | None:
        return self.values.get((key, name))

    def put(self, key: str, value: str, name: str = "") -> None:
        self.values[key, name] = value

    def drop(self, key: str, name: str = "") -> None:
        for found in list(self.values):
            if found == (key, name) or (not name and found[0] == key):
                del self.values[found]
