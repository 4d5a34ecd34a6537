"""The form of an issuing account: what the clerk typed, made into what can be kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from companion.desk.pages.view import AccountView
from companion.protocol import ORIGIN
from companion.web.forms import typed


@dataclass(frozen=True)
class AccountForm:
    """The fields as typed, without the password, and what is wrong with them (field → reason key)."""

    carrier: str = ""
    origin: str = ""
    login: str = ""
    institution: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


def origin_of(pasted: str) -> str | None:
    """`http://Host:8080/some/page` → `http://host:8080`: clerks paste whole addresses; None: no address."""
    text = pasted.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or parts.username is not None:
        return None
    default = {"http": 80, "https": 443}[parts.scheme]
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")
    return origin if ORIGIN.fullmatch(origin) else None


def read_form(
    posted: Mapping[str, Any], carriers: Collection[str], accounts: Collection[AccountView]
) -> tuple[AccountForm, str]:
    """The form and the password. An account whose password is here already may leave it empty."""
    said = {name: typed(posted, name) for name in ("carrier", "origin", "login", "institution")}
    password = str(posted.get("password", ""))
    origin = origin_of(said["origin"])
    known = any(
        (one.carrier, one.origin, one.login) == (said["carrier"], origin, said["login"])
        and one.password != "missing"
        for one in accounts
    )
    wrong = {
        name: f"wrong_{name}"
        for name, right in (
            ("carrier", said["carrier"] in carriers),
            ("origin", origin is not None),
            ("login", 0 < len(said["login"]) <= 64),
            ("institution", len(said["institution"]) <= 100),
            ("password", known or 0 < len(password) <= 200),
        )
        if not right
    }
    form = AccountForm(said["carrier"], origin or said["origin"], said["login"], said["institution"], wrong)
    return form, password
