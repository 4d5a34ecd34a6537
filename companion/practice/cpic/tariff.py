"""What insurance costs here. Invented, but of the right size. Money is integer fen."""

from dataclasses import dataclass

COMPULSORY = 95_000
VEHICLE_TAX = 36_000
NON_MOTOR = 19_800
DAMAGE = "DAMAGELOSSCOVERAGE"
THIRD_PARTY = "THIRDPARTYLIABILITYCOVERAGE"
DRIVER = "INCARDRIVERLIABILITYCOVERAGE"
PASSENGERS = "INCARPASSENGERLIABILITYCOVERAGE"
_THIRD_PARTY_PREMIUMS = {100_000_000: 78_360, 200_000_000: 99_870, 300_000_000: 115_420}
_NAMES = {
    DAMAGE: "机动车损失保险",
    THIRD_PARTY: "机动车第三者责任保险",
    DRIVER: "机动车车上人员责任保险（司机）",
    PASSENGERS: "机动车车上人员责任保险（乘客）",
}


@dataclass(frozen=True)
class Coverage:
    """One coverage (险别): its code and name, sum insured and premium."""

    code: str
    name: str
    amount: int
    premium: int


def commercial(code: str, amount: int, price: int) -> Coverage:
    """A coverage of the commercial line, for a car of this price. Raises KeyError for what is not offered."""
    if code == DAMAGE:
        amount, premium = price, 9_800 + price * 115 // 10_000
    elif code == THIRD_PARTY:
        premium = _THIRD_PARTY_PREMIUMS[amount]
    else:
        premium = amount * (41 if code == DRIVER else 108) // 10_000
    return Coverage(code, _NAMES[code], amount, premium)


def compulsory() -> Coverage:
    """The compulsory line (交强险) of a private car with fewer than six seats."""
    return Coverage("COMPULSORY", "机动车交通事故责任强制保险", 20_000_000, COMPULSORY)


def non_motor() -> Coverage:
    """The accident insurance for those in the car that is sold beside."""
    return Coverage("ACCIDENT", "驾乘人员意外伤害保险", 50_000_000, NON_MOTOR)
