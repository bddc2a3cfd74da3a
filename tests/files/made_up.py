"""Made-up entry numbers, firms and importers: an implementation of its own, so that it can catch the bot's mistakes."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# CATAIR Appendix E: A-I are 1-9, J-R are 1-9, S-Z are 2-9.
LETTER_VALUES = dict(zip(LETTERS, "12345678912345678923456789", strict=True))
FIRMS = (
    "Harbor Lantern Imports",
    "Quill & Sparrow Trading",
    "Blue Ladder Goods",
    "Nine Pines Supply",
    "Oak Ferry Parts",
)


def check_digit(ten):
    """Of the ten characters before it: doubled from the right, digits added (Appendix E)."""
    total = 0
    for place, character in enumerate(reversed(ten)):
        value = int(LETTER_VALUES.get(character, character))
        if place % 2 == 0:
            value *= 2
        total += value // 10 + value % 10
    return str(-total % 10)


def number(filer, serial):
    ten = f"{filer}{serial:07d}"
    return ten + check_digit(ten)


def is_valid(text):
    return (
        len(text) == 11
        and text.isascii()
        and all(c in LETTER_VALUES or c.isdigit() for c in text[:3])
        and text[3:].isdigit()
        and text[:3] != "000"
        and check_digit(text[:10]) == text[10]
    )


def dashed(entry):
    return f"{entry[:3]}-{entry[3:10]}-{entry[10:]}"


def filer_code(dice, shape=None):
    """Shapes of Appendix E; `zero` is a numeric code that begins with a zero, which Excel eats."""
    shape = shape or dice.choice(("ANN", "AAN", "AAA", "ANA", "NNN", "zero", "NNA"))
    if shape == "zero":
        return f"0{dice.randint(10, 99)}"
    if shape == "two zeros":
        return f"00{dice.randint(1, 9)}"
    first = "".join(dice.choice(LETTERS if kind == "A" else "0123456789") for kind in shape)
    # 31E... would be read as a power of ten, and a leading zero has a shape of its own.
    return first.replace("E", "F") if shape != "NNN" else str(dice.randint(100, 999))


def numbers(dice, filer, count):
    """Distinct and in no order, as they come out of a broker's system."""
    return [number(filer, serial) for serial in dice.sample(range(100_000, 9_999_999), count)]


def importer(dice, form=None):
    form = form or dice.choice(("irs", "irs", "irs", "assigned"))
    if form == "ssn":
        return f"{dice.randint(300, 599)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}"
    if form == "assigned":
        return f"{dice.randint(10, 25)}{dice.randint(1001, 5399):04d}-{dice.randint(10000, 99999)}"
    return f"{dice.randint(10, 98)}-{dice.randint(1000000, 9999999)}{dice.choice(('00', '01', 'AB'))}"
