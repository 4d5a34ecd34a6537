"""Carriers are data: the profiles in `extension/carriers/`, one folder per carrier (docs/carriers.md).

The engine in the browser reads pages with a profile; here it is only validated, hashed and listed.
"""

import functools
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from companion.profile import Profile

FOLDER = Path(__file__).parents[1] / "extension" / "carriers"
SCHEMA = "profile.schema.json"


class BadProfile(Exception):
    """A profile that cannot be used. The text names the file and the first thing wrong in it."""


@dataclass(frozen=True)
class Carrier:
    """A usable profile: its content, and the hash by which browser and daemon compare theirs."""

    profile: Profile
    hash: str
    content: bytes = field(repr=False)
    """The file as it was read: what `hash` is of."""

    @property
    def id(self) -> str:
        return self.profile.carrier

    def name(self, locale: str) -> str:
        """The carrier's name in a language."""
        names = self.profile.names
        return names.en if locale.startswith("en") else names.zh_CN

    def tops(self, origin: str) -> set[str]:
        """Where top pages of the portal at an account's `origin` stand: there, and on its log-in host.

        As the extension derives them (`background/hosts.js`).
        """
        scheme, _, host = origin.partition("://")
        further = [one.host.replace("{host}", host) for one in self.profile.further_hosts if one.top]
        return {origin, *(f"{scheme}://{one}" for one in further)}


def load(folder: Path) -> Carrier:
    """Read one carrier's folder. Raises BadProfile."""
    file = folder / "profile.json"
    try:
        content = file.read_bytes()
        profile = Profile.model_validate_json(content)
    except OSError as error:
        raise BadProfile(f"{folder.name}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadProfile(f"{folder.name}: {where}: {first['msg']}") from error
    if profile.carrier != folder.name:
        raise BadProfile(f"{folder.name}: names itself {profile.carrier}")
    return Carrier(profile, hashlib.sha256(content).hexdigest(), content)


@functools.cache
def profiles() -> dict[str, Carrier]:
    """All carriers by id. Raises BadProfile when one of them cannot be used."""
    folders = sorted(path.parent for path in FOLDER.glob("*/profile.json"))
    return {folder.name: load(folder) for folder in folders}


def offered(practice: bool) -> list[Carrier]:
    """Carriers to choose from for a new account, invented ones for practice only."""
    return [carrier for carrier in profiles().values() if practice or not carrier.profile.practice]


def tops(carrier: str, origin: str) -> set[str]:
    """See Carrier.tops; of a carrier that is not known, the account's own origin alone."""
    known = profiles().get(carrier)
    return known.tops(origin) if known else {origin}


def schema() -> str:
    """The text of `profile.schema.json`."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Profile.model_json_schema()}
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"
