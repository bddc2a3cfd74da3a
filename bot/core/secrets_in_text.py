"""Bank data and passwords that a sender pasted: masked wherever their words are given back, as CBP wants none of either.

A routing number is one where it is called so; an account number where a bank is spoken of just before. An ACE account
number stays: CBP asks for it.

>>> mask("routing 021000021, account 123456789; ACE account 1234567; password: Tulip-77")
'routing XXXX-bank-XXXX, account XXXX-bank-XXXX; ACE account 1234567; password: XXXX-password-XXXX'
>>> mask("the password is expired"), mask("IBAN DE89 3704 0044 0532 0130 00")
('the password is expired', 'IBAN XXXX-bank-XXXX')
"""

from __future__ import annotations

import re

BANK = "XXXX-bank-XXXX"  # letters and dashes only, as a file name may hold
PASSWORD = "XXXX-password-XXXX"  # noqa: S105 - what stands in its place
BANK_NOTE = (
    "Bank data stand in what you sent. I masked them in everything I give back. Never send them by e-mail, here or to CBP:"
    " they are entered in ACE alone."
)
CHANGE_IT_NOTE = (
    "A password stands in what you sent. I masked it in everything I give back. Change it now, and send none by e-mail,"
    " here or to CBP."
)
_MENTIONS = re.compile(r"rout|aba\b|rtn\b|wire\b|iban|bank|check|sav|passw|pwd|passcode|\bpw\b|\bpin\b", re.IGNORECASE)
_LINK = r"(?: ?(?:no\.?|numbers?|nr\.?|#|code))?[ \t]{0,2}(?:is|was|[:=#])?[ \t]{0,2}"
_ROUTING = re.compile(rf"\b((?:aba|routing|rtn)(?: transit)?{_LINK})\d{{4}}[ -]?\d{{4}}[ -]?\d(?!\d)", re.IGNORECASE)
_IBAN = re.compile(r"\b(iban\W{0,3}(?:is )?)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_ACCOUNT = re.compile(rf"\b((?:account|acct\.?|a/c){_LINK})\d[\d -]{{3,18}}\d(?!\d)", re.IGNORECASE)
_BANK_WORDS = re.compile(
    r"\b(?:bank(?:ing)?|checking|savings|routing|aba|rtn|wire|iban)\b|XXXX-bank-XXXX", re.IGNORECASE
)
_ACE = re.compile(r"\bace(?: portal)? \Z", re.IGNORECASE)
_NEAR = 80  # characters before an account number in which the bank is named
_BANK_AFTER = re.compile(
    r"[ ,;(]{0,3}(?:(?:at|with|of) (?:\w{1,30} ){0,3})?(?:bank|routing|aba|rtn|iban|XXXX-bank-XXXX)\b", re.IGNORECASE
)
_PASSWORD = re.compile(
    r"\b((?:passwords?|passwd|pwd|passcode|pass code|pw|pin)(?:(?:[ \t]+for[ \t]+[\w ]{1,30})?(?:[ \t]+(?:is|was))?[ \t]{0,2}[:=][ \t]{0,2}"
    r"|[ \t]+(?:is|was)[ \t]+(?=\S{0,63}[\d!@#$%^&*_+])|[ \t]+(?:-[ \t]+)?(?=\S{0,63}\d)(?=\S{0,63}[a-z])))"
    r"[\"“']?[^\s\"”']{2,63}[^\s\"”',;.]",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """The text with bank data and passwords masked."""
    if not _MENTIONS.search(text):
        return text
    text = _ROUTING.sub(rf"\1{BANK}", text)
    text = _IBAN.sub(rf"\1{BANK}", text)
    text = _ACCOUNT.sub(_account, text)
    return _PASSWORD.sub(rf"\1{PASSWORD}", text)


def notes(before: object, after: object) -> tuple[str, ...]:
    """What the reply says of what was masked between the two."""
    stood, stands = repr(before), repr(after)
    return tuple(
        note for mark, note in ((BANK, BANK_NOTE), (PASSWORD, CHANGE_IT_NOTE)) if stands.count(mark) > stood.count(mark)
    )


def _account(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    named = _BANK_WORDS.search(before) or _BANK_AFTER.match(found.string, found.end())
    bank = named and not _ACE.search(before)
    return f"{found[1]}{BANK}" if bank else found[0]
