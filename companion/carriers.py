"""Carriers are data: the profiles in `extension/carriers/`, one folder per carrier (docs/carriers.md).

A profile says how a carrier's portal is recognised, what a save looks like, who is logged in, and how a
proposal is asked for. The engine in the browser reads pages with it; here it is only validated, hashed and
listed. These models are the definition; `extension/carriers/profile.schema.json` is generated from them.
"""

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, ValidationError

from companion.protocol import CarrierId, HintKind, Model, Origin, QueryName

FOLDER = Path(__file__).parents[1] / "extension" / "carriers"
SCHEMA = "profile.schema.json"

Pattern = Annotated[str, Field(min_length=1, max_length=300)]
"""A regular expression as JavaScript reads it with the flag `u`."""
Path_ = Annotated[str, Field(pattern=r"^(\{base\})?/[!-~]{0,299}$")]
Where = Annotated[str, Field(min_length=1, max_length=200)]
"""In a page: a CSS selector. In JSON: names joined by dots; several, as in CSS, by commas."""
Joined = Annotated[tuple[Where, ...], Field(min_length=2, max_length=4)]
"""Several places whose texts are read as one, with `|` between them."""
Transform = Literal["number", "plate", "fen", "millis", "day"]
"""Named transforms of the engine, a closed list (docs/carriers.md)."""
Encoding = Literal["utf-8", "gbk"]

FactName = Literal[
    "number",
    "kind",
    "policy_number",
    "underwriting",
    "deleted",
    "plate",
    "insured",
    "start",
    "premium",
    "raw_status",
]
DataName = Literal[
    "end",
    "vin",
    "engine_number",
    "brand_model",
    "registered_on",
    "insured_id_number",
    "insured_phone",
]
CoverageName = Literal["name", "sum_insured", "premium"]


class Part(Model):
    """Base of everything in a profile: closed, strict, with its docstrings in the schema."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Reading(Part):
    """How one value is read: where it stands, `find`, `transform`, then the first of `cases` that matches."""

    at: Where | Joined
    find: Pattern | None = None
    """What of the text counts: the pattern's first group, without one all that it matches."""
    transform: Transform | None = None
    cases: tuple[tuple[Pattern, str | bool], ...] = ()
    """Pairs of pattern and value; none matches: `otherwise`, and without it the text itself."""
    otherwise: str | bool | None = None


class Condition(Part):
    """Something that must be there: an element (a name, in JSON) whose text matches."""

    at: Where | Joined
    matches: Pattern | None = None


class Page(Part):
    """How one page of the portal is recognised."""

    path: Pattern
    """Matches the path of the address."""
    has: tuple[Condition, ...] = ()


class NetworkHint(Part):
    """A hint seen in an answer that the page received."""

    kind: HintKind
    method: Literal["GET", "POST"]
    path: Pattern
    text: Pattern
    """Matches the answer."""
    numbers: Pattern
    """Finds every number in the answer."""


class PageHint(Part):
    """A hint seen in a page."""

    kind: HintKind
    page: str
    """A name in `pages`."""
    when: tuple[Condition, ...]
    numbers: tuple[Reading, ...]


class LoggedOut(Part):
    """How an answer shows that nobody is logged in: its status, its address, or an element in it."""

    status: tuple[int, ...] = ()
    path: Pattern | None = None
    has: Where | None = None


class Request(Part):
    """What is asked. `{numbers}` in a value stands for the numbers, joined by `join`."""

    method: Literal["GET", "POST"]
    path: Path_
    """May begin with `{base}`."""
    query: dict[str, str] = Field(default_factory=dict)
    form: dict[str, str] = Field(default_factory=dict)
    envelope: dict[str, JsonValue] | None = None
    """A body of JSON instead of a form."""
    join: str = ","


class Coverages(Part):
    """The coverages of a line."""

    each: Where
    values: dict[CoverageName, Reading]


class Lines(Part):
    """Lines in an answer. A place without a number makes it no answer; those of one number are one line."""

    each: Where
    when: tuple[Condition, ...] = ()
    """What a place must show to be looked at: others hold no line that is wanted."""
    values: dict[FactName | DataName, Reading]
    coverages: Coverages | None = None


class Answer(Part):
    """How an answer is read. What does not fulfil `proof` is no answer."""

    body: Literal["json", "html"]
    proof: tuple[Condition, ...]
    whoami: Reading | None = None
    each: Where | None = None
    """What repeats around the lines; `shared` is read once in each."""
    shared: dict[FactName | DataName, Reading] = Field(default_factory=dict)
    lines: tuple[Lines, ...] = ()


class Query(Part):
    """One way to ask the portal something."""

    request: Request
    answer: Answer


class Whoami(Part):
    """Who is logged in: read off any page that shows it, or asked for."""

    page: tuple[Reading, ...]
    query: Query


class Names(Part):
    """The carrier's name, by language."""

    zh_CN: str  # noqa: N815
    en: str


class Profile(Part):
    """Everything that is known about one carrier's portal."""

    schema_: Literal["../profile.schema.json"] = Field(alias="$schema")
    carrier: CarrierId
    names: Names
    default_origin: Origin | None
    """What the account form proposes as portal address; null where every branch has its own."""
    encoding: Encoding
    """Of forms, and of answers that do not say theirs."""
    base: Pattern | None = None
    """Finds `{base}` in the path of the page that asks: the part of every path that changes by itself."""
    number: Pattern
    """The whole of any proposal or policy number of this carrier."""
    pages: dict[str, Page]
    hints_network: tuple[NetworkHint, ...]
    hints_page: tuple[PageHint, ...]
    logged_out: LoggedOut
    whoami: Whoami
    queries: dict[QueryName, Query]


class BadProfile(Exception):
    """A profile that cannot be used. The text names the file and the first thing wrong in it."""


@dataclass(frozen=True)
class Carrier:
    """A usable profile: its content, and the hash by which browser and daemon compare theirs."""

    profile: Profile
    hash: str

    @property
    def id(self) -> str:
        return self.profile.carrier

    def name(self, locale: str) -> str:
        """The carrier's name in a language."""
        names = self.profile.names
        return names.en if locale.startswith("en") else names.zh_CN


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
    return Carrier(profile, hashlib.sha256(content).hexdigest())


@functools.cache
def profiles() -> dict[str, Carrier]:
    """All carriers by id. Raises BadProfile when one of them cannot be used."""
    folders = sorted(path.parent for path in FOLDER.glob("*/profile.json"))
    return {folder.name: load(folder) for folder in folders}


def schema() -> str:
    """The text of `profile.schema.json`."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Profile.model_json_schema()}
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"
