"""Check digits that tell a real number from any other number.

All functions take digits (and letters) without separators.
"""

from __future__ import annotations

_CARD_PREFIXES: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("6011", "6011", (16, 17, 18, 19)),
    ("644", "659", (16, 17, 18, 19)),
    ("62", "62", (16, 17, 18, 19)),
    ("300", "305", (14, 16)),
    ("36", "36", (14,)),
    ("38", "39", (14, 16)),
    ("3528", "3589", (16, 17, 18, 19)),
    ("5018", "5020", (13, 14, 15, 16, 17, 18, 19)),
    ("5038", "5038", (13, 14, 15, 16, 17, 18, 19)),
    ("6304", "6304", (13, 14, 15, 16, 17, 18, 19)),
    ("6759", "6763", (13, 14, 15, 16, 17, 18, 19)),
)
IBAN_LENGTHS: dict[str, int] = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTATION = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def is_card(digits: str) -> bool:
    """A card number: a known issuer's prefix, a length it uses, and the Luhn digit."""
    known = any(
        first <= digits[: len(first)] <= last and len(digits) in lengths
        for first, last, lengths in _CARD_PREFIXES
    )
    return known and luhn(digits)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: every second digit from the right doubled, the sum a multiple of ten."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_iban(code: str) -> bool:
    """ISO 13616: the country's length, and the rearranged number is 1 modulo 97."""
    if IBAN_LENGTHS.get(code[:2]) != len(code):
        return False
    moved = code[4:] + code[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def is_routing(digits: str) -> bool:
    """An ABA routing number: nine digits weighted 3, 7, 1, the sum a multiple of ten."""
    weighted = sum(
        int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=False)
    )
    return len(digits) == 9 and digits != "0" * 9 and weighted % 10 == 0


def is_ssn(digits: str) -> bool:
    """A US social security number: nine digits, no part all zeros, an area that is issued."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    valid_area = area not in ("000", "666") and area < "900"
    return len(digits) == 9 and valid_area and group != "00" and serial != "0000"


def is_aadhaar(digits: str) -> bool:
    """An Indian Aadhaar number: twelve digits, the first over 1, and the Verhoeff digit."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_DIHEDRAL[check][int(_PERMUTATION[place % 8][int(digit)])])
    return len(digits) == 12 and digits[0] > "1" and check == 0


def is_steuer_id(digits: str) -> bool:
    """A German tax id: eleven digits, one of the first ten twice or thrice, ISO 7064 mod 11,10."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    counts = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if counts[-1] not in (2, 3) or counts.count(1) != len(counts) - 1:
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(digits[10])


def is_dni(code: str) -> bool:
    """A Spanish DNI or NIE: eight digits, or X, Y, Z and seven, and the letter modulo 23."""
    number = str("XYZ".find(code[0])) + code[1:-1] if code[0] in "XYZ" else code[:-1]
    valid = len(code) == 9 and number.isdigit()
    return valid and _DNI_LETTERS[int(number) % 23] == code[-1]


def is_nino(code: str) -> bool:
    """A UK national insurance number: its letters are ones that are issued; it has no digit."""
    first, second, last = code[0], code[1], code[-1]
    issued = code[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")
    letters = first not in "DFIQUV" and second not in "DFIOQUV" and last in "ABCD"
    return len(code) == 9 and code[2:8].isdigit() and issued and letters
