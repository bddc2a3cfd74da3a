"""What a person can mend."""


class Mendable(Exception):  # noqa: N818 - it names what it is: something a person can mend
    """Something an operator or author can mend: the text says what is wrong and what to do, one problem a line."""
