"""The user's part of the Windows registry, behind `systems.Registry`."""

import sys

assert sys.platform == "win32"

import winreg  # noqa: E402


class CurrentUser:
    """HKEY_CURRENT_USER. Needs no administrator, and other users of the computer see nothing of it."""

    def get(self, key: str, name: str = "") -> str | None:
        """A text value, or None when key or value is not there."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                value, kind = winreg.QueryValueEx(opened, name)
        except FileNotFoundError:
            return None
        return str(value) if kind in (winreg.REG_SZ, winreg.REG_EXPAND_SZ) else None

    def put(self, key: str, value: str, name: str = "") -> None:
        """Set a text value. Raises OSError, e.g. where a policy forbids it."""
        with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_WRITE) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def drop(self, key: str, name: str = "") -> None:
        """Take a named value away, or the whole key (which must have no keys below it)."""
        try:
            if not name:
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)
                return
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_WRITE) as opened:
                winreg.DeleteValue(opened, name)
        except FileNotFoundError:
            return
