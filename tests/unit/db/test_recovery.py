"""A recovery key survives paper, and a mistyped one is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.db.keying import BadRecoveryKey, key_of, recovery_key

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS)
def test_it_leads_back_to_the_key(key: bytes) -> None:
    assert key_of(recovery_key(key)) == key


@given(KEYS)
def test_it_is_fourteen_groups_of_four(key: bytes) -> None:
    groups = recovery_key(key).split("-")
    assert [len(group) for group in groups] == [4] * 14


@given(KEYS)
def test_how_it_is_typed_does_not_matter(key: bytes) -> None:
    typed = recovery_key(key).lower().replace("-", " ").replace("o", "0").replace("i", "1").replace("b", "8")
    assert key_of(f"  {typed}\n") == key


@given(KEYS, st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_wrong_letter_is_noticed(key: bytes, place: int, letter: str) -> None:
    letters = recovery_key(key).replace("-", "")
    typed = letters[:place] + letter + letters[place + 1 :]
    if typed != letters:
        with pytest.raises(BadRecoveryKey):
            key_of(typed)


@pytest.mark.parametrize("typed", ["", "AAAA", "?" * 56, "键" * 56, "A" * 56, "A" * 64])
def test_other_texts_are_none(typed: str) -> None:
    with pytest.raises(BadRecoveryKey):
        key_of(typed)
