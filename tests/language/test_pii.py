from __future__ import annotations

import pytest

from cintel.conversation import PiiSpan
from cintel.language.pii import apart, find_pii
from cintel.language.redact import redact

SAID = "four one one one one one one one one one one one one one one one"


def found(text: str, previous: str = "") -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in find_pii(text, previous)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My card is 4111 1111 1111 1111.", [("card", "4111 1111 1111 1111")]),
        ("it's 4111, 1111. 1111-1111 thanks", [("card", "4111, 1111. 1111-1111")]),
        ("3782 822463 10005", [("card", "3782 822463 10005")]),
        (f"sure, {SAID}, expiry oh nine", [("card", SAID)]),
        ("four triple one double one double one quadruple one four ones", []),
        ("5555, five five five five uh five five five five then four four four four",
         [("card", "5555, five five five five uh five five five five then four four four four")]),
        ("5555-5555-5555-4444", [("card", "5555-5555-5555-4444")]),
        ("forty one eleven eleven eleven eleven eleven eleven eleven", [
            ("card", "forty one eleven eleven eleven eleven eleven eleven eleven")
        ]),
        ("order 77 4111111111111111", [("card", "4111111111111111")]),
        ("my card number is 4111 1111 1111 1112", [("card", "4111 1111 1111 1112")]),
        ("IBAN GB82 WEST 1234 5698 7654 32 please", [("iban", "GB82 WEST 1234 5698 7654 32")]),
        ("it is DE89370400440532013000", [("iban", "DE89370400440532013000")]),
        ("G B 82 W E S T one two three four 56 98 seven six five four three two",
         [("iban", "G B 82 W E S T one two three four 56 98 seven six five four three two")]),
        ("sort code 20-30-40 and account number 31926819",
         [("account", "20-30-40"), ("account", "31926819")]),
        ("routing number 021000021", [("account", "021000021")]),
        ("31926819 is my account number", [("account", "31926819")]),
        ("my social security number is 536 90 4399", [("national_id", "536 90 4399")]),
        ("it's 536-90-4399", [("national_id", "536-90-4399")]),
        ("My NI number is ab 12 34 56 c", [("national_id", "ab 12 34 56 c")]),
        ("AB123456C", [("national_id", "AB123456C")]),
        ("Aadhaar 234123412346", [("national_id", "234123412346")]),
        ("2341 2341 2346", [("national_id", "2341 2341 2346")]),
        ("Meine Steuer-ID ist 86 095 742 719", [("national_id", "86 095 742 719")]),
        ("DNI 12345678Z", [("national_id", "12345678Z")]),
        ("my NIE is X1234567L", [("national_id", "X1234567L")]),
        ("call me back on 07700 900123", [("phone", "07700 900123")]),
        ("oh seven seven double oh nine hundred one two three", []),
        ("oh seven seven double oh nine oh oh one two three",
         [("phone", "oh seven seven double oh nine oh oh one two three")]),
        ("+44 7700 900 123 is best", [("phone", "+44 7700 900 123")]),
        ("reach me at 212-555-0199", [("phone", "212-555-0199")]),
        ("07700 900123 is better than my order number", [("phone", "07700 900123")]),
        ("(212) 555-0199", [("phone", "(212) 555-0199")]),
        ("455 6186 office", [("phone", "455 6186")]),
        ("555-0199x8775", [("phone", "555-0199x8775")]),
        ("(021) 0025-967", [("phone", "(021) 0025-967")]),
        ("they're not answering at 785 8949", [("phone", "785 8949")]),
        ("the one time password says 738 211", [("pin", "738 211")]),
        ("j double o s t at example dot net", [("email", "j double o s t at example dot net")]),
        ("it is lucy hart at example dot com", [("email", "lucy hart at example dot com")]),
        ("P.O. Box 4410, send it there", [("address", "P.O. Box 4410")]),
        ("six oh oh two oh one is my mobile", [("phone", "six oh oh two oh one")]),
        ("jane.smith+shop@example.co.uk", [("email", "jane.smith+shop@example.co.uk")]),
        ("it's j a n e at example dot com", [("email", "j a n e at example dot com")]),
        ("I live at 12 Acacia Avenue", [("address", "12 Acacia Avenue")]),
        ("Flat 3, 221b baker street, SW1A 1AA",
         [("address", "Flat 3, 221b baker street"), ("postcode", "SW1A 1AA")]),
        ("my postcode is s w 1 a 1 a a", [("postcode", "s w 1 a 1 a a")]),
        ("zip code is 90210", [("postcode", "90210")]),
        ("Springfield, IL 62704", [("postcode", "62704")]),
        ("I was born on the third of March nineteen eighty four",
         [("dob", "the third of March nineteen eighty four")]),
        ("my date of birth is August twelfth nineteen seventy-five and I live at eight five zero "
         "five Strawberry Street", [("dob", "August twelfth nineteen seventy-five"),
                                    ("address", "eight five zero five Strawberry Street")]),
        ("date of birth 03/04/1984", [("dob", "03/04/1984")]),
        ("my name is Jane Smith and I need help", [("name", "Jane Smith")]),
        ("my name is jane smith", [("name", "jane smith")]),
        ("This is Priya speaking, how can I help?", [("name", "Priya")]),
        ("hello this is Tom O'Neill calling about my bill", [("name", "Tom O'Neill")]),
        ("Good morning, I'm Ana and I'll be helping you today.", [("name", "Ana")]),
        ("Orange Ladder, Grace speaking.", [("name", "Grace")]),
        ("Acme, this is Tom, how can I help?", [("name", "Tom")]),
        ("You're through to Priya at Acme", [("name", "Priya")]),
        ("Thank you Mr. Okafor.", [("name", "Okafor")]),
        ("it's spelled s m y t h e", [("name", "s m y t h e")]),
        ("my password is Fluffy2019", [("password", "Fluffy2019")]),
        ("the password is bluebird.", [("password", "bluebird")]),
        ("my pin is four oh double seven", [("pin", "four oh double seven")]),
        ("the security code is 123", [("pin", "123")]),
    ],
)  # fmt: skip
def test_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("previous", "text", "expected"),
    [
        ("Your date of birth?", "The 3rd of March 1984.", [("dob", "The 3rd of March 1984")]),
        ("Your date of birth?", "three four eighty four", [("dob", "three four eighty four")]),
        ("Could I have your name and date of birth?", "It's Jane Smith, 03/04/1984.",
         [("name", "Jane Smith"), ("dob", "03/04/1984")]),
        ("And what's your name?", "Why, Jane, do you ask?", []),
        ("How do you spell that?", "It's s m y t h e", [("name", "s m y t h e")]),
        ("What's your account number?", "It's 31926819", [("account", "31926819")]),
        ("And the best phone number?", "five five five oh one nine nine", [
            ("phone", "five five five oh one nine nine")
        ]),
        ("Could I take your full name, please?", "Yes, it's Jane Smith.", [("name", "Jane Smith")]),
        ("Could I take your full name, please?", "jane smith", [("name", "jane smith")]),
        ("Could I take your full name, please?", "Why do you need that?", []),
        ("What is your memorable word?", "It's bluebird", [("password", "bluebird")]),
        ("What is your memorable word?", "I don't know", []),
        ("And the three digits on the back of the card?", "It's 123.", [("pin", "123")]),
        ("And your zip code?", "90210", [("postcode", "90210")]),
        ("What's the order number?", "It's 31926819", []),
        ("What is your social security number?", "two one nine 81 three seven six one", [
            ("national_id", "two one nine 81 three seven six one")
        ]),
        ("Read me the one time code", "five five one nine", [("pin", "five five one nine")]),
    ],
)  # fmt: skip
def test_answers_to_a_question(previous: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, previous) == expected


@pytest.mark.parametrize(
    "text",
    [
        "That comes to 1,250.00 in total.",
        "I was charged $49.99 twice on the 3rd of March.",
        "Your order number is 4839201 and it ships on Monday.",
        "The reference is 1234 5678 90.",
        "The reference is 07700 900123.",
        "Your order number is 212-555-0199.",
        "I'd like two hundred and fifty of them.",
        "We moved here in nineteen eighty four.",
        "It's been like this since 2019.",
        "The card ending in 1111 was declined.",
        "Can you confirm the last four digits? 4 1 1 1.",
        "You'll receive it within 5 to 7 working days.",
        "I have been waiting for forty five minutes.",
        "My account is locked and I can't get in.",
        "Your account balance is 1,204.50.",
        "My account has been overcharged by 30 pounds.",
        "My password is not working.",
        "The password is wrong again.",
        "My password was reset yesterday.",
        "Can I have your date of birth?",
        "Can I take your name, please?",
        "This is ridiculous.",
        "This is calling for action.",
        "I'm calling about my bill.",
        "I'm from the billing team.",
        "My name is on the account.",
        "My name is spelled wrong on the letter.",
        "You are speaking to the billing team.",
        "One moment please, oh dear.",
        "Press one for sales, two for support.",
        "It costs 30 pounds a month for 24 months.",
        "There were 5 people in the queue on the way.",
        "I drove 20 miles to your store in the park.",
        "The tracking number is 123456789012.",
        "Your PIN will arrive in 5 to 7 days.",
        "I need a new PIN for my card.",
        "The plan has 100 gigabytes and unlimited calls.",
        "Call us any time, 24 hours a day.",
        "We are open 9 to 5, Monday to Friday.",
        "Your flight is at 10:15 on the 12th of November 2026.",
        "Error code 5032 came up on the screen.",
        "Look at that dot on the map.",
        "I bought it at example.com, I mean shoes at example.com.",
        "We ordered at the example.com of old.",
        "See Acme @ example.com for more.",
        "I'll be at home dot your i's.",
        "I ordered it on 03/04/2026 and again on 05/04/2026.",
        "The invoice 2026-00123456 is still open.",
        "I called you three times, on the 1st, 2nd and 3rd.",
        "Meter reading is 45210.",
        "It is version 10.4.2.1 of the app.",
        "We bought the M1 8GB model.",
        "Take 2 tablets 3 times a day for 14 days.",
        "It's 15 percent off with code 20 20 20.",
        "I was born to do this job.",
        "I'm originally from Leeds.",
        "I'm stuck here and this is taking forever.",
        "The new one is from Acme Street Foods.",
        "Okay, that's a b c, easy.",
        "Thanks for confirming that, have a great day.",
    ],
)
def test_ordinary_lines_have_none(text: str) -> None:
    assert found(text) == []


def test_overlaps_keep_the_more_specific_type() -> None:
    text = "my phone number is 4111 1111 1111 1111"
    assert find_pii(text) == (PiiSpan("card", 19, 38),)


def test_redact_several() -> None:
    text = "I'm Jane Smith calling, card 4111 1111 1111 1111, born 03/04/1984"
    assert redact(text, find_pii(text)) == "I'm [NAME] calling, card [CARD], born [DOB]"
    assert redact("nothing", ()) == "nothing"


def test_an_address_that_runs_into_a_phone_number_keeps_its_own_words() -> None:
    text = "9 elm street 0171 234 5678"
    found = apart(text, [PiiSpan("address", 0, 17), PiiSpan("phone", 13, 26)])
    assert found == (PiiSpan("address", 0, 12), PiiSpan("phone", 13, 26))
    assert apart("mastercard 5219", [PiiSpan("address", 0, 15), PiiSpan("card", 11, 15)]) == (
        PiiSpan("card", 11, 15),
    )
