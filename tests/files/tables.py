"""A table (rows of cells) as the bytes of every sort of file that people call a spreadsheet."""

import datetime as dt
import html
import io
import struct
import zipfile
from email.message import EmailMessage

import openpyxl

MEANT_BY_A_BOM = {"utf-8-sig": "utf-8", "utf-16-le-bom": "utf-16-le", "utf-16-be-bom": "utf-16-be"}
BOMS = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}


def encoded(text, encoding):
    return BOMS.get(encoding, b"") + text.encode(MEANT_BY_A_BOM.get(encoding, encoding))


def can_hold(text, encoding):
    try:
        text.encode(MEANT_BY_A_BOM.get(encoding, encoding))
    except UnicodeEncodeError:
        return False
    return True


def as_text(cell):
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def quoted(text, delimiter, *, always=False):
    if always or any(c in text for c in (delimiter, '"', "\n", "\r", "\t")):
        return '"' + text.replace('"', '""') + '"'
    return text


def delimited(rows, *, delimiter=",", end="\r\n", quotes=False, sep_line=False, last_end=True):
    """`="..."` cells stay bare, as ACE writes them; a cell with a tab is quoted, or it would be two cells."""
    lines = [f"sep={delimiter}"] if sep_line else []
    for row in rows:
        texts = [as_text(cell) for cell in row]
        lines.append(
            delimiter.join(t if t.startswith('="') else quoted(t, delimiter, always=quotes and t != "") for t in texts)
        )
    return end.join(lines) + (end if last_end else "")


def xlsx(sheets):
    """`sheets`: name and rows; numbers stay numbers, dates are real date cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                if cell not in (None, ""):
                    put = sheet.cell(at, column)
                    put.value = cell
                    if isinstance(cell, str):
                        put.data_type = "s"  # a text that begins with "=" is a text here, no formula
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def html_xls(rows):
    """What web reports call .xls."""
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(as_text(cell))}</td>" for cell in row) + "</tr>\r\n" for row in rows
    )
    page = f'<html><head><meta charset="utf-8"></head><body><table border="1">\r\n{body}</table></body></html>'
    return page.encode()


def xml_xls(rows):
    """SpreadsheetML 2003, the other thing that reports call .xls."""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            kind = "Number" if isinstance(cell, int | float) else "String"
            cells.append(f'<Cell><Data ss:Type="{kind}">{html.escape(as_text(cell))}</Data></Cell>')
        lines.append(f"<Row>{''.join(cells)}</Row>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n'
        f'<Worksheet ss:Name="Sheet1"><Table>\n{chr(10).join(lines)}\n</Table></Worksheet></Workbook>\n'
    ).encode()


def record(code, payload):
    return struct.pack("<HH", code, len(payload)) + payload


def biff_cell(at, column, cell):
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return record(0x0203, struct.pack("<HHHd", at, column, 0, cell))
    text = as_text(cell)
    return record(0x0204, struct.pack("<HHHHB", at, column, 0, len(text), 1) + text.encode("utf-16-le"))


def biff_stream(rows):
    """BIFF8, only what a reader needs: globals, one sheet, texts and numbers."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    name = b"Sheet1"
    globals_ = record(0x0809, begin) + record(0x0042, struct.pack("<H", 1200))
    sheet_at = len(globals_) + 4 + 8 + len(name) + 4
    globals_ += record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 0) + name) + record(0x000A, b"")
    cells = b"".join(
        biff_cell(at, column, cell)
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell not in (None, "")
    )
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)
    width = max(len(row) for row in rows)
    size = record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    return globals_ + record(0x0809, sheet_begin) + size + cells + record(0x000A, b"")


def directory_entry(name, kind, start, size, child=0xFFFFFFFF):
    raw = (name + "\0").encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) if name else 0, kind, 1)
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + links + b"\0" * 36 + struct.pack("<III", start, size, 0)


def biff_xls(rows):
    """The stream in an OLE container: header, one FAT sector, one directory sector, then the stream."""
    stream = biff_stream(rows)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")  # under 4096 it would be a mini stream
    sectors = len(stream) // 512
    if sectors > 126:
        raise ValueError("one FAT sector holds 126 sectors of stream")
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = directory_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    directory += directory_entry("Workbook", 2, 2, len(stream)) + directory_entry("", 0, 0, 0) * 2
    return header + fat + directory + stream


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        # A fixed date: the same seed gives the same bytes.
        box.writestr(zipfile.ZipInfo(name, (2026, 4, 20, 8, 0, 0)), data)
    return out.getvalue()


def mailed(name, data):
    """Attached as application/octet-stream, as many mail programs do."""
    mail = EmailMessage()
    mail["From"] = "Dana Ferry <dana@brokerage.example>"
    mail["To"] = "refunds@capebot.example"
    mail["Subject"] = "File for CAPE"
    mail["Date"] = "Mon, 20 Apr 2026 12:00:00 +0000"
    mail["Message-ID"] = f"<{name.replace(' ', '-')}@brokerage.example>"
    mail.set_content("Hello,\n\nwould you look over the attached file, please?\n\nThank you\nDana\n")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    # A fixed boundary for the same reason.
    mail.set_boundary("=====part=====")
    return mail.as_bytes()
