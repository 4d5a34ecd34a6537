"""`chudan`: the command line. Heavy parts are loaded by the command that needs them."""

import asyncio
import json
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from companion import profiles_cli
from companion.home import Home
from companion.settings import BadSettings, Settings, refuse_clear_text

if TYPE_CHECKING:
    from companion.web.i18n import Catalog

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(profiles_cli.app, name="profiles")

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Directory of the desk; default: that of the present user.")
]
ProfileOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--browser-profile",
        help=r"A Chromium user-data directory; on Windows a key Software\…\NativeMessagingHosts; repeatable.",
    ),
]
BrowserOption = Annotated[
    list[str] | None, typer.Option("--browser", help="A browser by name, e.g. firefox; repeatable.")
]


class Wish(StrEnum):
    """What to do about starting with the desktop."""

    ON = "on"
    OFF = "off"
    STATUS = "status"


def main() -> None:
    """Entry point. Ends with a sentence and a status of companion.exits for every expected trouble."""
    app()


@app.command()
def daemon(home: HomeOption = None) -> None:
    """Serve this desk: browsers, toasts, local pages, and the management system unless a team has one."""
    from companion.exits import EXPECTED
    from companion.logs import log_to
    from companion.serving import Ready, run_desk

    place = _home(home)
    try:
        settings = Settings.of(place)
        log_to(place.log, settings.log_level)

        def ready(found: Ready) -> None:
            print(json.dumps({"ready": asdict(found)}), flush=True)

        asyncio.run(run_desk(place, settings, ready))
    except EXPECTED as error:
        _fail(error, place)


@app.command()
def serve(
    database: Annotated[str, typer.Option(envvar="CHUDAN_DATABASE", help="postgresql://… of the team.")],
    listen: Annotated[str, typer.Option(help="HOST:PORT; port 0: any free one.")] = "127.0.0.1:8460",
    public: Annotated[str, typer.Option(help="http(s)://… by which people reach the console.")] = "",
) -> None:
    """Serve the management system alone, for a team. Prints its address and a first enrolment code."""
    from companion.exits import EXPECTED
    from companion.logs import log_to
    from companion.serving import run_office

    host, _, port = listen.rpartition(":")
    try:
        settings = Settings.of(None)
        log_to(None, settings.log_level)

        def ready(url: str, code: str) -> None:
            print(json.dumps({"ready": {"url": url, "code": code}}), flush=True)

        asyncio.run(run_office(database, (host, int(port)), settings, ready, public))
    except EXPECTED as error:
        _fail(error, None)


@app.command()
def enrol(
    office: Annotated[str, typer.Argument(help="https://… of the team's management system.")],
    code: Annotated[str, typer.Argument(help="The one-time code.")],
    name: Annotated[str, typer.Option(help="How the team sees this desk.")] = "desk",
    home: HomeOption = None,
) -> None:
    """Enrol this desk with a team's management system; its token goes into the keyring."""
    from companion.exits import EXPECTED

    place = _home(home)
    try:
        Settings.of(place)  # what is wrong there must be said before the code is spent
        refuse_clear_text(office)
        asyncio.run(_enrol(place, office, code, name))
        _set(place.settings_file, "office", office)
    except EXPECTED as error:
        _fail(error, place, office=office)
    _say(place, "enrolled", office=office)


@app.command()
def recover(home: HomeOption = None) -> None:
    """Put the data key back into the keyring, from the recovery key that was written down."""
    from companion.db.keying import open_keyring, restore_key
    from companion.exits import EXPECTED

    place = _home(home)
    typed = typer.prompt(_words(place).t("cli.recovery_key"), hide_input=True)
    try:
        asyncio.run(restore_key(place, open_keyring(), typed))
    except EXPECTED as error:
        _fail(error, place)
    _say(place, "recovered")


@app.command()
def install(
    home: HomeOption = None, browser_profile: ProfileOption = None, browser: BrowserOption = None
) -> None:
    """Tell browsers where the native host of this desk is."""
    from companion.link.install import install as register

    place = _home(home)
    with _told(place):
        written = register(place, browser_profile or (), browser or ())
    for path in written:
        _say(place, "installed", path=str(path))


@app.command()
def uninstall(
    home: HomeOption = None, browser_profile: ProfileOption = None, browser: BrowserOption = None
) -> None:
    """Take away what install wrote for this desk."""
    from companion.link.install import uninstall as unregister

    place = _home(home)
    with _told(place):
        removed = unregister(place, browser_profile or (), browser or ())
    for path in removed:
        _say(place, "uninstalled", path=str(path))
    if not removed:
        _say(place, "nothing_installed")


@app.command()
def doctor(
    home: HomeOption = None, browser_profile: ProfileOption = None, browser: BrowserOption = None
) -> None:
    """Walk from the browser to the portal and name the broken link. Ends with 1 when there is one."""
    from companion.link.doctor import examine, report

    place = _home(home)
    with _told(place):
        Settings.of(place)
        findings = asyncio.run(examine(place, browser_profile or (), browser or ()))
    print("\n".join(report(findings, _words(place).t)))
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(1)


@app.command()
def autostart(
    wish: Annotated[Wish, typer.Argument(help="on, off, or status.")] = Wish.STATUS, home: HomeOption = None
) -> None:
    """Start this desk with the clerk's desktop, or no longer, or say whether it does."""
    from companion import autostart as entries
    from companion.exits import EXPECTED

    place = _home(home)
    try:
        if wish is Wish.ON:
            _say(place, "autostart_made", place=entries.switch_on(place))
        elif wish is Wish.OFF:
            _say(place, "autostart_gone" if entries.switch_off(place) else "autostart_off", place="")
        else:
            state, where = entries.status(place)
            _say(place, f"autostart_{state}", place=where)
    except EXPECTED as error:
        _fail(error, place)


@app.command()
def console(
    home: HomeOption = None,
    show: Annotated[bool, typer.Option(help="Open it in the browser instead of printing it.")] = True,
) -> None:
    """Open the console by a link that works once, for a minute."""
    from companion.consoles import console_link
    from companion.exits import EXPECTED
    from companion.management.client import OfficeAway

    place = _home(home)
    try:
        url = asyncio.run(console_link(place))
    except OfficeAway:
        print(_words(place).t("cli.not_running"), file=sys.stderr)
        raise typer.Exit(12) from None
    except EXPECTED as error:
        _fail(error, place)
    if show:
        typer.launch(url)
    else:
        print(url)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def practice(context: typer.Context) -> None:
    """Run a practice portal; the rest of the line goes to it, e.g. `chudan practice NAME --port 0`."""
    from companion.practice.__main__ import main as serve_portal

    sys.argv = ["chudan practice", *context.args]
    serve_portal()


async def _enrol(home: Home, office: str, code: str, name: str) -> None:
    from companion.db.keying import open_keyring
    from companion.desk.secrets import Secrets
    from companion.management.client import OfficeClient

    secrets = Secrets(home, open_keyring())
    async with OfficeClient(office) as client:
        await secrets.keep_enrolment(await client.enrol(code, name))


def _home(path: Path | None) -> Home:
    try:
        return (Home(path.absolute()) if path else Home.default()).create()
    except OSError as error:
        _fail(error, None)


@contextmanager
def _told(home: Home) -> Iterator[None]:
    """What a person can mend is said in one sentence: a wrong option, or one of companion.exits."""
    from companion.exits import EXPECTED
    from companion.link.systems import BadPlaceError

    try:
        yield
    except BadPlaceError as error:
        raise typer.BadParameter(str(error)) from None
    except EXPECTED as error:
        _fail(error, home)


def _set(file: Path, name: str, value: str) -> None:
    """Set one setting, leaving the other lines as they are."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() != name]
    text = "\n".join([*kept, f"{name} = {json.dumps(value)}"]) + "\n"
    tomllib.loads(text)
    file.write_text(text, encoding="utf-8")


def _words(home: Home | None) -> "Catalog":
    from companion.web.i18n import catalog

    try:
        return catalog(Settings.of(home).locale)
    except BadSettings:
        # The sentence that says which setting is wrong must be worded too.
        return catalog("")


def _say(home: Home, key: str, **params: str) -> None:
    print(_words(home).t(f"cli.{key}", **params))


def _fail(error: Exception, home: Home | None, **params: str) -> NoReturn:
    from companion.exits import exit_of, sentence

    print(sentence(error, _words(home), **params), file=sys.stderr)
    raise typer.Exit(exit_of(error).status)
