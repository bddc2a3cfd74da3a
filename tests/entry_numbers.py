"""Made-up entry numbers with a computed check digit."""

from bot.core.entry_number import check_digit


def entry(filer="B76", serial=324527):
    """A valid entry number, 11 characters, no dash: entry("B76", 324527) is B7603245278."""
    ten = f"{filer}{serial:07d}"
    return ten + check_digit(ten)


def dashed(number):
    """B76-0324527-8."""
    return f"{number[:3]}-{number[3:10]}-{number[10:]}"


def wrong(number):
    """The same number with a wrong check digit."""
    return number[:10] + str((int(number[10]) + 1) % 10)
