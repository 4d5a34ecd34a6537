"""Desks, codes, customers."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from companion.management import people, queries
from companion.management.store.tables import Customer, EnrolmentCode
from companion.management.wire import AccountIn
from companion.protocol import MOST_ACCOUNTS, Accounts, CustomerChoice
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import CARRIER, ORIGIN, START

LATER = START + timedelta(minutes=15)


async def test_a_code_works_once_in_time_and_as_people_type_it(office: TestOffice) -> None:
    code = people.new_code(bytes(range(8)))
    assert code == "AAAQ-EAYE-AUDA-O"
    await office.write(lambda session: people.keep_code(session, code, LATER))
    assert await office.write(lambda session: people.enrol(session, code, "x", LATER)) is None
    typed = " aaaq eaye auda o "
    enrolled = await office.write(lambda session: people.enrol(session, typed, "x", START))
    assert enrolled
    assert await office.write(lambda session: people.enrol(session, code, "y", START)) is None
    token = enrolled.token
    known = await office.database.read(lambda session: people.device_of(session, token))
    assert known == enrolled.device
    (row,) = await office.rows(EnrolmentCode)
    assert code not in row.digest


@pytest.mark.parametrize(
    ("choice", "made"),
    [
        (CustomerChoice(id=None, name=" 测试甲 ", phone="138 0000-1402"), ("测试甲", "13800001402")),
        (CustomerChoice(id=None, name="测试甲", phone=None), ("测试甲", None)),
        (CustomerChoice(id=None, name="  ", phone="13800001402"), None),
        (CustomerChoice(id=None, name=None, phone=None), None),
    ],
)
async def test_a_new_customer_needs_a_name(
    office: TestOffice, choice: CustomerChoice, made: tuple[str, str | None] | None
) -> None:
    chosen = await office.write(lambda session: people.choose_customer(session, choice, START))
    assert (chosen is not None) == (made is not None)
    assert [(row.name, row.phone) for row in await office.rows(Customer)] == ([made] if made else [])


async def test_without_a_phone_two_of_one_name_are_two(office: TestOffice) -> None:
    choice = CustomerChoice(id=None, name="测试甲", phone=None)
    for _ in range(2):
        await office.write(lambda session: people.choose_customer(session, choice, START))
    assert len(await office.rows(Customer)) == 2


async def test_more_accounts_than_a_browser_can_be_told_are_refused(office: TestOffice) -> None:
    def account(number: int, institution: str = "") -> AccountIn:
        return AccountIn(carrier=CARRIER, origin=ORIGIN, login=f"clerk{number:03}", institution=institution)

    def fill(session: Session) -> None:
        for number in range(MOST_ACCOUNTS):
            people.put_account(session, account(number), START)

    await office.write(fill)
    with pytest.raises(people.TooMany):
        await office.write(lambda session: people.put_account(session, account(MOST_ACCOUNTS), START))
    await office.write(lambda session: people.put_account(session, account(0, "一部"), START))
    told = await office.database.read(queries.accounts)
    assert len(Accounts(accounts=told).accounts) == MOST_ACCOUNTS
