"""Profiles laid into a desk's directory: newer ones than those brought along, and those switched off.

    <home>/profiles/<carrier>/profile.json   is used by the browsers in place of their own
    <home>/profiles/off.json                 {"<carrier>": "why, in words for the clerk"}

Read with the same models as those brought along. Where a portal stands and where a password goes is never
changed by a file: the extension checks that once more (`background/delivered.js`).
"""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from companion import carriers
from companion.carriers import BadProfile
from companion.profile import Profile
from companion.protocol import MAX_FRAME, CarrierId, ProfileOff, Profiles, ProfileText

OFF: Final = "off.json"
MOST: Final = 50
"""Delivered profiles that one message carries, when they fit into it."""
LONGEST: Final = 80_000
ROOM: Final = MAX_FRAME - 100 * 1024
"""Bytes of one message for all profiles; the rest is for those that are switched off."""
_FIXED: Final = ("schema_", "carrier", "default_origin", "further_hosts", "login")
_OFF: Final = TypeAdapter(dict[CarrierId, ProfileOff])


@dataclass(frozen=True)
class Shelf:
    """What lies there: what is told to browsers, and what cannot be used (name → why, in our own words)."""

    profiles: dict[str, ProfileText] = field(default_factory=dict)
    off: dict[str, str] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)

    def message(self) -> Profiles:
        """What browsers are told."""
        off = [ProfileOff(carrier=carrier, reason=reason) for carrier, reason in self.off.items()]
        return Profiles(profiles=list(self.profiles.values()), off=off)


def read(folder: Path) -> Shelf:
    """Read everything; what cannot be used is named in `bad` and leaves the rest alone."""
    shelf, room = Shelf(), ROOM
    for place in sorted(path.parent for path in folder.glob("*/profile.json")):
        try:
            found = delivered(place)
            room -= (size := len(found.model_dump_json().encode()))
            if room < 0 or len(shelf.profiles) >= MOST:
                room += size
                raise BadProfile(f"{place.name}: no room beside the others")
            shelf.profiles[place.name] = found
        except BadProfile as error:
            shelf.bad[place.name] = str(error)
    try:
        shelf.off.update(switched_off(folder))
    except BadProfile as error:
        shelf.bad[OFF] = str(error)
    return shelf


def delivered(folder: Path) -> ProfileText:
    """One profile as browsers get it. Raises BadProfile, also where it changes what only an update may."""
    shipped = carriers.profiles().get(folder.name)
    if shipped is None:
        raise BadProfile(f"{folder.name}: no such carrier")
    found = carriers.load(folder)
    changed = fixed_change(found.profile, shipped.profile)
    if changed is not None:
        raise BadProfile(f"{folder.name}: {changed}: not changed by a file")
    text = found.content.decode()  # JSON that was read is UTF-8
    if len(text) > LONGEST:
        raise BadProfile(f"{folder.name}: longer than {LONGEST} characters")
    return ProfileText(carrier=folder.name, hash=found.hash, text=text)


def fixed_change(new: Profile, shipped: Profile) -> str | None:
    """The first part that differs and may not (where pages stand, where a password goes), or None."""
    for part in _FIXED:
        if getattr(new, part) != getattr(shipped, part):
            return part.rstrip("_")
    page = shipped.login.page if shipped.login else "login"
    return None if new.pages.get(page) == shipped.pages.get(page) else f"pages.{page}"


def switched_off(folder: Path) -> dict[str, str]:
    """Carrier → why its profile is off. Raises BadProfile for a list that cannot be read."""
    try:
        content = (folder / OFF).read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadProfile(f"{OFF}: {error.strerror}") from error
    try:
        reasons = json.loads(content)
        named = {carrier: {"carrier": carrier, "reason": reason} for carrier, reason in reasons.items()}
        return {carrier: one.reason for carrier, one in _OFF.validate_python(named).items()}
    except (ValueError, AttributeError, ValidationError):
        raise BadProfile(f'{OFF}: not of the form {{"carrier": "reason"}}') from None


def switch(folder: Path, carrier: str, reason: str | None) -> bool:
    """Switch a profile off with a reason, or (None) on again; whether anything changed. Raises BadProfile."""
    before = switched_off(folder)
    after = {name: why for name, why in before.items() if name != carrier}
    if reason is not None:
        after[carrier] = ProfileOff(carrier=carrier, reason=reason).reason
    if after == before:
        return False
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{OFF}.{secrets.token_hex(4)}"
    draft.write_text(json.dumps(after, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / OFF)
    return True


def mark(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file there does. Cheap: nothing is read."""
    found = []
    for file in sorted([*folder.glob("*/profile.json"), folder / OFF]):
        try:
            stat = file.stat()
        except OSError:
            continue
        found.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
