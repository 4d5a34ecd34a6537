"""A portal in the style of Ping An 平安: three hosts, a shell with iframes, hyphened plates (README.md)."""

from companion.practice.pingan.app import make_main
from companion.practice.pingan.cas import make_cas
from companion.practice.pingan.logins import CLERKS
from companion.practice.pingan.paygate import make_pay
from companion.practice.pingan.portal import Portal
from companion.practice.pingan.seed import fill
from companion.practice.serving import Site

HOST = "pingan.localhost"


def make_sites(portal: Portal) -> list[Site]:
    """The main host, the log-in host and the payment host of one portal."""
    return [
        Site("origin", HOST, make_main(portal)),
        Site("cas", f"cas.{HOST}", make_cas(portal)),
        Site("pay", f"pay.{HOST}", make_pay(portal)),
    ]


__all__ = ["CLERKS", "HOST", "Portal", "fill", "make_sites"]
