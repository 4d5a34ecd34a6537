"""`chudan profiles`: which carrier profiles this desk uses, and switching them off and on."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from companion.home import Home
from companion.settings import BadSettings, Settings
from companion.web.i18n import Catalog, catalog

LONGEST = 500
app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Directory of the desk; default: that of the present user.")
]
Carrier = Annotated[str, typer.Argument(help="A carrier's id, as `list` names it.")]


@app.callback()
def group(context: typer.Context, home: HomeOption = None) -> None:
    """Carrier profiles of this desk: list, off, on."""
    context.obj = home


@app.command(name="list")
def list_(context: typer.Context, home: HomeOption = None) -> None:
    """Every carrier's profile: state and hash, and what of `profiles/` could not be used (ends with 10)."""
    from companion import carriers, delivery

    place = _home(home or context.obj)
    words, shelf = _words(place), delivery.read(place.profiles)
    for carrier, shipped in sorted(carriers.profiles().items()):
        newer = shelf.profiles.get(carrier)
        state = words.t("profiles.state_newer" if newer else "profiles.state_own")
        if carrier in shelf.off:
            state = words.t("profiles.off_because", reason=shelf.off[carrier])
        mark = (newer or shipped).hash[:12]
        typer.echo(f"{carrier:<12} {mark}  {shipped.name(words.locale)}  {state}")
    for why in shelf.bad.values():
        typer.echo(words.t("profiles.refused", detail=why), err=True)
    if shelf.bad:
        raise typer.Exit(10)


@app.command()
def off(
    context: typer.Context,
    carrier: Carrier,
    reason: Annotated[str, typer.Argument(help="Why, in words for the clerk.")],
    home: HomeOption = None,
) -> None:
    """Switch a carrier's profile off: pages fall silent and say why. A running daemon sees it by itself."""
    place = _home(home or context.obj)
    said = reason.strip()
    if not 0 < len(said) <= LONGEST:
        _refuse(_words(place).t("profiles.no_reason"))
    _switch(place, carrier, said)


@app.command()
def on(context: typer.Context, carrier: Carrier, home: HomeOption = None) -> None:
    """Switch it on again."""
    _switch(_home(home or context.obj), carrier, None)


def _switch(place: Home, carrier: str, reason: str | None) -> None:
    from companion import carriers, delivery

    words, known = _words(place), carriers.profiles()
    if carrier not in known:
        _refuse(words.t("profiles.no_carrier", carrier=carrier, known=", ".join(sorted(known))))
    try:
        changed = delivery.switch(place.profiles, carrier, reason)
    except carriers.BadProfile as error:
        _refuse(words.t("profiles.refused", detail=str(error)), 10)
    key = "unchanged" if not changed else "switched_on" if reason is None else "switched_off"
    typer.echo(words.t(f"profiles.{key}", carrier=known[carrier].name(words.locale), reason=reason or ""))


def _refuse(sentence: str, status: int = 2) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(status)


def _home(path: Path | None) -> Home:
    return (Home(path.absolute()) if path else Home.default()).create()


def _words(place: Home) -> Catalog:
    try:
        return catalog(Settings.of(place).locale)
    except BadSettings:
        return catalog("")
