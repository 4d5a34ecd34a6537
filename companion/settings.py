"""What a desk can be told to do differently: `settings.toml` in its home, or CHUDAN_… in the environment.

docs/settings.md explains each one; a test holds that it does.
"""

import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from companion.home import Home


class BadSettings(Exception):
    """A setting is wrong, or their file cannot be read. The text names it and repeats no value."""


class InClearText(BadSettings):
    """A management system elsewhere is reached by TLS alone: its token would be read by whoever listens."""


def refuse_clear_text(office: str) -> None:
    """Only on this machine may a management system be reached without TLS. Raises InClearText."""
    try:
        parts = urlsplit(office)
        host = parts.hostname or ""
    except ValueError:
        raise BadSettings("office: not an address") from None
    if parts.scheme == "http" and not _is_loopback(host):
        raise InClearText("office: http:// off this machine")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """Settings of one desk."""

    model_config = SettingsConfigDict(env_prefix="CHUDAN_", extra="forbid")

    locale: Literal["zh_CN", "en"] = "zh_CN"
    """Language of toasts, console and local pages."""
    timezone: str = "Asia/Shanghai"
    """IANA zone in which days begin and times are shown."""
    office: str = ""
    """URL of a team's management system (`https://…`); empty: the one beside the daemon."""
    console_port: int = 0
    """Loopback port of console and local pages; 0: any free one."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    practice: bool = False
    """Whether the desk is for practice: invented insurers are offered as well."""

    @classmethod
    def of(cls, home: Home | None) -> "Settings":
        """Read the settings of a desk; without one, those of the environment alone. Raises BadSettings."""

        class OfThisHome(cls):  # type: ignore[valid-type, misc]
            model_config = SettingsConfigDict(toml_file=Path(home.settings_file) if home else None)

        try:
            settings = OfThisHome()
        except ValidationError as error:
            wrong = error.errors(include_input=False, include_url=False)
            said = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)
            raise BadSettings("; ".join(said)) from None
        except tomllib.TOMLDecodeError as error:
            raise BadSettings(f"settings.toml: {error}") from None
        except UnicodeDecodeError:
            raise BadSettings("settings.toml: not UTF-8") from None
        except OSError as error:
            raise BadSettings(f"settings.toml: {error.strerror}") from None
        refuse_clear_text(settings.office)
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
