"""The data key is made once, and a keyring that holds another one is noticed before anything is opened."""

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from companion.db.keying import (
    BadRecoveryKey,
    KeyChanged,
    Keyring,
    NoKeyring,
    data_key,
    recovery_key,
    restore_key,
)
from companion.home import Home


class Memory(KeyringBackend):
    """A keyring that lasts as long as the test."""

    priority = 5

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class Forgetful(Memory):
    """One that says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None: ...


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(Memory())


async def test_a_key_is_made_once(home: Home, keyring: Keyring) -> None:
    first = await data_key(home, keyring)
    assert len(first.key) == 32
    assert first.new
    assert (await data_key(home, keyring)).key == first.key
    other = Home(home.path / "other")
    other.path.mkdir()
    assert (await data_key(other, keyring)).key != first.key


async def test_a_key_is_new_until_there_are_data(home: Home, keyring: Keyring) -> None:
    await data_key(home, keyring)
    assert (await data_key(home, keyring)).new
    home.desk_db.touch()
    assert not (await data_key(home, keyring)).new


async def test_the_key_is_in_no_file(home: Home, keyring: Keyring) -> None:
    key = (await data_key(home, keyring)).key
    files = [file for file in home.path.rglob("*") if file.is_file()]
    assert [file.name for file in files] == ["key.json"]
    assert files[0].stat().st_mode & 0o777 == 0o600
    text = files[0].read_text()
    assert key.hex() not in text
    assert recovery_key(key)[:9] not in text


async def test_another_keyring_is_noticed(home: Home, keyring: Keyring) -> None:
    await data_key(home, keyring)
    with pytest.raises(KeyChanged, match="no key"):
        await data_key(home, Keyring(Memory()))


async def test_another_key_is_noticed(home: Home) -> None:
    backend = Memory()
    await data_key(home, Keyring(backend))
    backend.entries = dict.fromkeys(backend.entries, bytes(32).hex())
    with pytest.raises(KeyChanged, match="another key"):
        await data_key(home, Keyring(backend))


async def test_data_without_a_key_get_no_new_one(home: Home, keyring: Keyring) -> None:
    home.management_db.touch()
    with pytest.raises(KeyChanged):
        await data_key(home, keyring)


async def test_a_lost_mark_is_made_again(home: Home, keyring: Keyring) -> None:
    key = (await data_key(home, keyring)).key
    home.desk_db.touch()
    (home.path / "key.json").unlink()
    assert await data_key(home, keyring) == (key, False)
    assert (home.path / "key.json").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"backend": "x"}', "\xff"])
async def test_an_unreadable_mark_is_noticed(home: Home, keyring: Keyring, text: str) -> None:
    (home.path / "key.json").write_text(text, "latin-1")
    with pytest.raises(KeyChanged, match=r"key\.json"):
        await data_key(home, keyring)


async def test_a_desk_that_moved_finds_its_key(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "old").mkdir()
    key = (await data_key(Home(tmp_path / "old"), keyring)).key
    moved = Home((tmp_path / "old").rename(tmp_path / "new"))
    assert (await data_key(moved, keyring)).key == key


async def test_the_recovery_key_helps_with_a_new_keyring(home: Home, keyring: Keyring) -> None:
    key = (await data_key(home, keyring)).key
    home.desk_db.touch()
    new = Keyring(Memory())
    assert await restore_key(home, new, recovery_key(key)) == (key, False)
    assert await data_key(home, new) == (key, False)


async def test_the_recovery_key_of_other_data_does_not(home: Home, keyring: Keyring) -> None:
    key = (await data_key(home, keyring)).key
    with pytest.raises(KeyChanged):
        await restore_key(home, keyring, recovery_key(bytes(32)))
    with pytest.raises(BadRecoveryKey):
        await restore_key(home, keyring, "AAAA")
    assert (await data_key(home, keyring)).key == key


async def test_a_keyring_that_forgets_is_none(home: Home) -> None:
    with pytest.raises(NoKeyring):
        await data_key(home, Keyring(Forgetful()))
    assert not (home.path / "key.json").exists()
