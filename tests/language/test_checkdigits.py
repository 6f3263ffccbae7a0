from __future__ import annotations

from collections.abc import Callable

import pytest

from cintel.language import checkdigits

VALID: dict[Callable[[str], bool], tuple[str, ...]] = {
    checkdigits.is_card: (
        *("4111111111111111", "5555555555554444", "378282246310005", "6011000990139424"),
        *("2223003122003222", "30569309025904", "3530111333300000", "4222222222222"),
    ),
    checkdigits.is_iban: ("GB82WEST12345698765432", "DE89370400440532013000"),
    checkdigits.is_routing: ("021000021", "011401533"),
    checkdigits.is_aadhaar: ("234123412346",),
    checkdigits.is_steuer_id: ("86095742719", "47036892816"),
    checkdigits.is_dni: ("12345678Z", "X1234567L"),
}


@pytest.mark.parametrize(
    ("check", "number"), [(check, number) for check in VALID for number in VALID[check]]
)
def test_every_wrong_check_digit_is_refused(check: Callable[[str], bool], number: str) -> None:
    assert check(number)
    for place in [place for place, mark in enumerate(number) if mark.isdigit()][1:]:
        wrong = str((int(number[place]) + 1) % 10)
        assert not check(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (checkdigits.is_card, "411111111111"),
        (checkdigits.is_card, "9999999999999995"),
        (checkdigits.is_iban, "GB82WEST1234569876543"),
        (checkdigits.is_iban, "QQ82WEST12345698765432"),
        (checkdigits.is_routing, "000000000"),
        (checkdigits.is_ssn, "000123456"),
        (checkdigits.is_ssn, "666123456"),
        (checkdigits.is_ssn, "900123456"),
        (checkdigits.is_ssn, "123003456"),
        (checkdigits.is_ssn, "123450000"),
        (checkdigits.is_aadhaar, "034123412346"),
        (checkdigits.is_steuer_id, "12345678901"),
        (checkdigits.is_dni, "12345678A"),
        (checkdigits.is_nino, "BG123456C"),
        (checkdigits.is_nino, "QA123456C"),
        (checkdigits.is_nino, "AB123456E"),
    ],
)
def test_refused(check: Callable[[str], bool], number: str) -> None:
    assert not check(number)


def test_numbers_without_a_check_digit() -> None:
    assert checkdigits.is_ssn("536904399")
    assert checkdigits.is_nino("AB123456C")
