"""What a policy costs here. Invented, but of the right size. Money is integer fen."""

from dataclasses import dataclass

COMPULSORY = 95_000
VEHICLE_TAX = 36_000
_THIRD_PARTY = {100_000_000: 81_250, 200_000_000: 103_480, 300_000_000: 119_860}
DRIVER_PER_MILLE = 42
PASSENGER_PER_MILLE = 27
PASSENGERS = 4


@dataclass(frozen=True)
class Coverage:
    """One coverage (险别): its name, sum insured and premium."""

    name: str
    amount: int
    premium: int


def third_party_sums() -> list[int]:
    """The sums insured that third-party liability is offered with."""
    return sorted(_THIRD_PARTY)


def damage(price: int) -> Coverage:
    """Damage to the vehicle itself, by its new price."""
    return Coverage("机动车损失保险", price, 10_000 + price * 12 // 1000)


def third_party(amount: int) -> Coverage:
    """Liability to third parties. Raises KeyError for a sum that is not offered."""
    return Coverage("机动车第三者责任保险", amount, _THIRD_PARTY[amount])


def driver(amount: int) -> Coverage:
    """The driver's own injuries."""
    return Coverage("机动车车上人员责任保险(司机)", amount, amount * DRIVER_PER_MILLE // 10_000)


def passengers(amount: int) -> Coverage:
    """The passengers' injuries; `amount` is per seat."""
    premium = amount * PASSENGER_PER_MILLE // 10_000 * PASSENGERS
    return Coverage("机动车车上人员责任保险(乘客)", amount, premium)


def compulsory() -> Coverage:
    """The compulsory line (交强险) of a private car with fewer than six seats."""
    return Coverage("机动车交通事故责任强制保险", 20_000_000, COMPULSORY)
