"""Files that are no delimited text, told by their first bytes: named, with what to do instead.

Workbooks, archives and web tables are opened before they come here (`bot.opening`); their sentences are for what could not.
"""

from __future__ import annotations

_PICTURE = "This is a picture, and I read text only. Paste the words of the message instead."
_PDF = "This is a PDF, and I do not read those. Paste the words of the message, or attach the CSV."
_WORKBOOK = (
    "This is an Excel workbook, which ACE refuses. Save it as “CSV (Comma delimited)” with the"
    " entry numbers as text, and attach that."
)
_BINARY = (
    "This is a binary Excel workbook (.xlsb), which I do not read. Save it as .xlsx, or as “CSV (Comma delimited)”, and"
    " attach that."
)
_OPEN_DOCUMENT = (
    "This is an OpenDocument file (.ods, .odt), which I do not read. Save the sheet as CSV, and attach that."
)
_NUMBERS = "This is an Apple Numbers document, which I do not read. Export it as CSV, and attach that."
_OLD = (
    "This is an old Excel (.xls) or an Outlook (.msg) file, which I do not read. Save the sheet as CSV, or forward the"
    " mail itself."
)
_DOCUMENT = "This is a Word or PowerPoint document, which I do not read. Paste its words, or attach the CSV."
_RICH = "This is a rich-text document, which I do not read. Paste its words, or attach the CSV."
_ZIP = "This is a ZIP archive, which I could not open. Attach the file inside on its own."
_PACKED = "This is a RAR or 7z archive, which I do not open. Pack it as ZIP, or attach the file inside on its own."
_SIGNS = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"\0\0\1\0", _PICTURE),
    (b"%PDF", _PDF),
    (b"\xd0\xcf\x11\xe0", _OLD),
    (b"\x78\x9f\x3e\x22", "This is a winmail.dat file, which I do not open. Send the mail as HTML or plain text."),
    (b"{\\rtf", _RICH),
    (b"\x1f\x8b", _ZIP),
    (b"Rar!", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"PK\5\6", _ZIP),
)

_PHONE = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")  # pictures as telephones take them


def read(content: bytes) -> str | None:
    """A sentence that says what the file is and what to do; None when it may be a table."""
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content[:65_536] + content[-65_536:])
    if (content[4:8] == b"ftyp" and content[8:12] in _PHONE) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return _PICTURE
    if content.startswith(b"BM") and content[6:10] != bytes(4):
        return None  # a bitmap has zeros there; text that begins with BM has not, and BM1 may be a filer code
    head = content.lstrip()[:512].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "This is a web page or XML file, not a CSV. Export it from ACE as CSV, or paste the text."
    return next((sentence for sign, sentence in _SIGNS if content.startswith(sign)), None)


def _zipped(names: bytes) -> str:
    """A ZIP container by the names of its parts."""
    if b"xl/workbook.bin" in names:
        return _BINARY
    if b"application/vnd.oasis.opendocument" in names[:200]:  # its first part, unpacked
        return _OPEN_DOCUMENT
    if b"Index/Document.iwa" in names:
        return _NUMBERS
    if b"xl/" in names:
        return _WORKBOOK
    return _DOCUMENT if b"word/" in names or b"ppt/" in names else _ZIP
