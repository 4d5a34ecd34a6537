"""What a policy costs here. Invented, but of the right size. Money is integer fen."""

from dataclasses import dataclass

COMPULSORY = 85_500
VEHICLE_TAX = 42_000
COMPULSORY_SUM = 20_000_000
LIABILITY = {150_000_000: 98_860, 200_000_000: 109_275, 300_000_000: 126_640}
SEAT_SUMS = [1_000_000, 3_000_000, 5_000_000]
PASSENGER_SEATS = 4

NAMES = {
    "DUTY01": "机动车损失保险",
    "DUTY02": "机动车第三者责任保险",
    "DUTY03": "车上人员责任保险（司机）",
    "DUTY04": "车上人员责任保险（乘客）",
}


@dataclass(frozen=True)
class Duty:
    """One coverage (责任): its code, sum insured and premium in fen."""

    code: str
    amount: int
    premium: int

    @property
    def name(self) -> str:
        return NAMES.get(self.code, "机动车交通事故责任强制保险")


def duty(code: str, amount: int) -> Duty:
    """A commercial coverage with its premium. Raises KeyError or ValueError for what is not offered."""
    if code == "DUTY01":
        return Duty(code, amount, 15_000 + amount * 11 // 1000)
    if code == "DUTY02":
        return Duty(code, amount, LIABILITY[amount])
    if amount not in SEAT_SUMS:
        raise ValueError(amount)
    per_seat = {"DUTY03": amount * 39 // 10_000, "DUTY04": amount * 25 // 10_000 * PASSENGER_SEATS}
    return Duty(code, amount, per_seat[code])


def compulsory() -> Duty:
    """The compulsory line (交强险) of a private car."""
    return Duty("DUTY51", COMPULSORY_SUM, COMPULSORY)
