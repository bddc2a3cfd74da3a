"""Workbooks made by hand, byte by byte where it matters: what the formats hold, and what an attacker would write."""

import io
import struct
import zipfile

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(files, *, compression=zipfile.ZIP_DEFLATED):
    """A ZIP of name -> text or bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def _relations(targets):
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{KINDS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def xlsx(sheets, *, shared=(), formats=(), workbook="", parts=None, dimension="", relations=()):
    """An XLSX. `sheets` is name -> the XML inside sheetData (or rows as lists of cells' XML); `formats` are number
    formats, the style of a cell being their place plus 1; `parts` replaces or adds parts."""
    if isinstance(sheets, str):
        sheets = {"Sheet1": sheets}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"{extra}/>'
        for n, (name, extra) in enumerate((name.partition("|")[0], name.partition("|")[2]) for name in sheets)
    )
    files = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KINDS}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in range(len(sheets))]
            + [("styles", "/xl/styles.xml"), ("sharedStrings", "sharedStrings.xml"), *relations]
        ),
        "xl/styles.xml": f"<styleSheet {MAIN}><numFmts>"
        + "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
        + '</numFmts><cellXfs><xf numFmtId="0"/>'
        + "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
        + "</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(f'<si>{one}</si>' for one in shared)}</sst>",
    }
    for n, rows in enumerate(sheets.values()):
        files[f"xl/worksheets/sheet{n}.xml"] = f"<worksheet {MAIN}>{dimension}<sheetData>{rows}</sheetData></worksheet>"
    return zipped(files | (parts or {}))


def record(number, data=b""):
    """A BIFF record."""
    return struct.pack("<HH", number, len(data)) + data


def _text(text, size="<H"):
    return struct.pack(size, len(text)) + b"\1" + text.encode("utf-16-le")


def label(row, column, text):
    """A cell with text."""
    return record(0x204, struct.pack("<HHH", row, column, 0) + _text(text))


def number(row, column, value, style=0):
    """A cell with a number."""
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def truth(row, column, value, *, error=False):
    """A cell with a truth value, or an error's code."""
    return record(0x205, struct.pack("<HHHBB", row, column, 0, value, error))


def formula(row, column, text):
    """A cell with a formula and the text that it gave."""
    result = b"\0\0\0\0\0\0\xff\xff"
    return record(0x6, struct.pack("<HHH", row, column, 0) + result + bytes(6) + b"\3\0\x1e\1\0") + record(
        0x207, _text(text)
    )


def biff(sheets, *, formats=(), since_1904=False, locked=False):
    """A BIFF8 stream. `sheets` is name -> records of cells; the style of a cell is its format's place plus 1."""
    bof = struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x7CC, 0, 6)
    font = record(0x31, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 5, 0) + b"Arial")
    head = record(0x809, bof)
    if locked:
        head += record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    head += record(0x42, struct.pack("<H", 1200)) + record(0x22, struct.pack("<H", since_1904)) + font * 4
    head += b"".join(record(0x41E, struct.pack("<H", 164 + n) + _text(one)) for n, one in enumerate(formats))
    styles = (0, *range(164, 164 + len(formats)))
    head += b"".join(record(0xE0, struct.pack("<HHH", 0, one, 0) + bytes(14)) for one in styles)
    sheet_bof = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x7CC, 0, 6))
    bodies = [sheet_bof + cells + record(0xA) for cells in sheets.values()]
    at = len(head) + sum(4 + 8 + 2 * len(name) for name in sheets) + 4
    for name, body in zip(sheets, bodies, strict=True):
        head += record(0x85, struct.pack("<IBB", at, 0, 0) + _text(name, "<B"))
        at += len(body)
    return head + record(0xA) + b"".join(bodies)


def ole(streams):
    """An OLE container of name -> bytes, each filled up so that it has sectors of its own."""
    sectors, entries = [], []
    chains = []
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += bytes(-len(padded) % 512)
        entries.append((name, len(sectors), len(padded)))
        count = len(padded) // 512
        chains += [*range(len(sectors) + 1, len(sectors) + count), -2]
        sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]

    def entry(name, kind, child, start, size, right=-1):
        raw = name.encode("utf-16-le") + b"\0\0"
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBiii", len(raw), kind, 1, -1, right, child)
            + bytes(36)
            + struct.pack("<iiI", start, size, 0)
        )

    listed = [entry("Root Entry", 5, 1, -2, 0)]
    for place, (name, start, size) in enumerate(entries, 2):
        listed.append(entry(name, 2, -1, start, size, place if place <= len(entries) else -1))
    folder = b"".join(listed) + bytes(-128 * len(listed) % 512)
    first = len(sectors)
    chains += [*range(first + 1, first + len(folder) // 512), -2]
    sectors += [folder[at : at + 512] for at in range(0, len(folder), 512)]
    tables = -(-(len(chains) + 1) // 127)
    fat_at = len(sectors)
    chains += [-3] * tables
    fat = struct.pack(f"<{len(chains)}i", *chains).ljust(512 * tables, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<iiiiiiii", tables, first, 0, 4096, -2, 0, -2, 0)
    header += struct.pack(f"<{tables}i", *range(fat_at, fat_at + tables)).ljust(436, b"\xff")
    return header + b"".join(sectors) + fat
