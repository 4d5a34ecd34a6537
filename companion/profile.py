"""What a carrier profile says, as models: how a portal is recognised, asked, filled in and read.

docs/carriers.md explains it; `extension/carriers/profile.schema.json` is generated from them.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from companion.protocol import CarrierId, FileKind, FormField, HintKind, Model, Origin, QueryName

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
_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
HostName = Annotated[
    str,
    Field(pattern=rf"^({_LABEL}\.)+(\{{host\}}|[a-z]{{2,}}(:[1-9][0-9]{{0,4}})?)$", max_length=200),
]
"""A host's full name, or one under the account's own: `{host}` is that, with its port."""

FactName = Literal[
    "number",
    "quote_number",
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
    always: tuple[Where, ...] = ()
    """Places that are always there. Without one of them the portal has changed: the clerk is told (drift)."""


class NetworkHint(Part):
    """A hint seen in an answer that the page received."""

    kind: HintKind
    method: Literal["GET", "POST"]
    path: Pattern
    text: Pattern
    """Matches the answer."""
    numbers: Pattern
    """Finds every number."""
    numbers_in: Literal["answer", "request"] = "answer"
    """`request`: in the address and the sent body, percent-decoded."""
    silent: Pattern | None = None
    """Answers of this address that are known to tell nothing, such as a refused save. Any other is drift."""
    picture: Pattern | None = None
    """Of `qr_fetched`: its first group is the image in base64. Blanks and literal `\\n` in it don't count."""
    card: Pattern | None = None
    """Of `card_number`: its first group is the card-payment number (刷卡支付号)."""


class PageHint(Part):
    """A hint seen in a page."""

    kind: HintKind
    page: str
    """A name in `pages`."""
    when: tuple[Condition, ...]
    numbers: tuple[Reading, ...] = ()
    numbers_all: tuple[Where, ...] = ()
    """Every number in the text of every such place."""
    picture: Where | None = None
    """Of `qr_fetched`: the `img` or `canvas` that shows the code."""
    card: Reading | None = None
    """Of `card_number`: the card-payment number (刷卡支付号)."""


class DialogHint(Part):
    """A hint heard in the text of an alert or confirm."""

    kind: HintKind
    text: Pattern
    numbers: Pattern
    """Finds every number in the text."""


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
    each: bool = False
    """Where the portal cannot be asked for several numbers at once: one request for each of them."""


class Coverages(Part):
    """The coverages of a line."""

    each: Where
    values: dict[CoverageName, Reading]


class Lines(Part):
    """Lines in an answer. A place without a number makes it no answer; those of one number are one line."""

    each: Where
    when: tuple[Condition, ...] = ()
    """What a place must show to be looked at: others hold no line that is wanted."""
    values: dict[FactName | DataName, Reading] = Field(default_factory=dict)
    coverages: Coverages | None = None
    unreadable: bool = False
    """Such a place holds a line that cannot be read any more: that makes it no answer."""

    @model_validator(mode="after")
    def _number(self) -> "Lines":
        if not self.unreadable and not {"number", "quote_number"} & set(self.values):
            raise ValueError("neither number nor quote_number")
        return self


class Answer(Part):
    """How an answer is read. What does not fulfil `proof` is no answer."""

    body: Literal["json", "html"]
    proof: tuple[Condition, ...]
    whoami: Reading | None = None
    each: Where | None = None
    """What repeats around the lines; `shared` is read once in each."""
    shared: dict[FactName | DataName, Reading] = Field(default_factory=dict)
    lines: tuple[Lines, ...] = ()


class Step(Part):
    """One step of a walk: exactly one of `go`, `fill`, `click`, `wait`, `take`."""

    go: Path_ | None = None
    """An address of the portal."""
    fill: Where | None = None
    """A field; `value` is what goes in, with `{number}` or `{policy_number}` in it."""
    value: str = ""
    click: Where | None = None
    wait: Condition | None = None
    """Until this is there."""
    take: Where | None = None
    """Of a file: the link whose address (`blob:` included) is fetched."""

    @model_validator(mode="after")
    def _one(self) -> "Step":
        done = [self.go, self.fill, self.click, self.wait, self.take]
        if sum(part is not None for part in done) != 1:
            raise ValueError("exactly one of go, fill, click, wait, take")
        return self


class Walk(Part):
    """A way through the portal's own pages, in a tab of its own, once per number. No branches, no loops."""

    start: Path_
    frame: Pattern | None = None
    """Path of the document in which the steps are made; without it the tab's top page."""
    steps: tuple[Step, ...]


class Query(Part):
    """How the portal is asked: by a request, by a walk, or by a walk when the request is not answered."""

    request: Request | None = None
    answer: Answer | None = None
    """What the request gives."""
    walk: Walk | None = None
    walk_answer: Answer | None = None
    """What stands in the page at the end of the walk."""

    @model_validator(mode="after")
    def _pairs(self) -> "Query":
        halves = ((self.request, self.answer), (self.walk, self.walk_answer))
        if any((asked is None) != (read is None) for asked, read in halves):
            raise ValueError("a request has an answer, a walk has a walk_answer")
        if self.request is None and self.walk is None:
            raise ValueError("neither request nor walk")
        return self


class FileWay(Part):
    """How a file is fetched: a request (`{policy_number}`, `{numbers}` in it), or a walk taking a link."""

    request: Request | None = None
    walk: Walk | None = None


class LogIn(Part):
    """The log-in form. Never changed by a delivered profile."""

    page: str
    """A name in `pages`."""
    username: Where
    password: Where
    captcha: Where | None = None
    """The field for what the image shows (验证码): the clerk types that, never we."""
    submit: Where
    wrong: tuple[Condition, ...] = ()
    """What the page shows when name or password were wrong."""


class FieldPlace(Part):
    """Where a field of a form stands."""

    at: Where
    how: Literal["type", "choose"] = "type"
    """`choose`: a list; the option whose text or value fits."""
    hyphen: bool = False
    """Of a plate: written 浙B-12345 here."""


class EntryForm(Part):
    """The entry form of 去报价, and what goes where."""

    start: Path_
    frame: Pattern | None = None
    steps: tuple[Step, ...] = ()
    """From the start to the form."""
    fields: dict[FormField, FieldPlace]


class Finder(Part):
    """The query page of 去核保: the number is filled in, the clerk presses search (I-8.2)."""

    start: Path_
    frame: Pattern | None = None
    steps: tuple[Step, ...] = ()
    number: Where


class RowList(Part):
    """A list whose rows get a button (I-6.1)."""

    page: str
    """A name in `pages`."""
    rows: Where
    """Each row, in the table that shows the number."""
    numbers: tuple[Reading, ...]
    policy_number: Reading | None = None
    beside: Where | None = None
    """Rows of another table that belong to these, place by place (fixed columns): what one lacks is there."""
    button: Where | None = None
    """Within a row where the button goes; without it into the row's last cell."""


class Whoami(Part):
    """Who is logged in: read off any page that shows it, or asked for."""

    page: tuple[Reading, ...]
    query: Query


class FurtherHost(Part):
    """Another host on which pages of the portal stand. Never changed by a delivered profile."""

    host: HostName
    top: bool = False
    """Whether it may be a tab's top page, as log-in hosts are; else only frames of the portal are served."""


class Names(Part):
    """The carrier's name, by language."""

    zh_CN: str  # noqa: N815
    en: str


class Profile(Part):
    """Everything that is known about one carrier's portal."""

    schema_: Literal["../profile.schema.json"] = Field(alias="$schema")
    carrier: CarrierId
    names: Names
    practice: bool = False
    """An invented insurer: neither in the store's packages nor offered by a desk that works."""
    default_origin: Origin | None
    """What the account form proposes as portal address; null where every branch has its own."""
    further_hosts: tuple[FurtherHost, ...] = ()
    """Other hosts of the same portal, in the scheme of the account's own."""
    encoding: Encoding
    """Of forms, and of answers that do not say theirs."""
    base: Pattern | None = None
    """Finds `{base}` in the path of the page that asks: the part of every path that changes by itself."""
    number: Pattern
    """The whole of any proposal or policy number of this carrier."""
    pages: dict[str, Page]
    hints_network: tuple[NetworkHint, ...]
    hints_page: tuple[PageHint, ...]
    hints_dialog: tuple[DialogHint, ...] = ()
    lists: tuple[RowList, ...] = ()
    logged_out: LoggedOut
    whoami: Whoami
    queries: dict[QueryName, Query]
    files: dict[FileKind, FileWay] = Field(default_factory=dict)
    login: LogIn | None = None
    home: Path_ | None = None
    """Where 打开保险公司系统 goes."""
    logout: Path_ | None = None
    """Ends the session: another account of the same portal is to be used (I-1.11)."""
    entry: EntryForm | None = None
    finder: Finder | None = None
