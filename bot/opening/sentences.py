"""Why a file cannot be opened, and what to do: the sentences of this room, in one place."""

LOCKED = (
    "This Office file is protected with a password, so I cannot read it. Open it in Excel, remove the password (File,"
    " Info, Protect Workbook, Encrypt with Password: leave it empty), save it, and attach it again."
)
DAMAGED = (
    "This workbook is damaged or was cut off on its way, so I cannot read it. Open it in Excel, save it as “CSV (Comma"
    " delimited)”, and attach that."
)
TOO_LARGE = "This workbook unpacks to more than I read. Export fewer rows or columns, or save the sheet as CSV, and attach that."
TOO_SLOW = "This workbook takes longer to read than I may spend on it. Save the sheet as CSV, and attach that."
TOO_MUCH_MEMORY = "This workbook needs more memory than I may spend on it. Save the sheet as CSV, and attach that."
LONG_CELL = "This file has a cell longer than a spreadsheet can hold. Export it again as CSV, and attach that."
EMPTY = "This workbook holds no filled cell. Attach the one that has the entry numbers."
ENTITIES = (
    "This file defines XML entities or names an outside document type, which no table needs and I do not follow. Open it"
    " in Excel, save it as CSV, and attach that."
)
BOMB = (
    "This file unpacks to far more than its size lets expect, so I do not open it. Attach the table inside as CSV, or"
    " zip it anew."
)

ZIP_LOCKED = "This ZIP archive is protected with a password, so I cannot open it. Attach the file inside on its own."
ZIP_DAMAGED = "This archive is damaged or was cut off on its way. Attach the file inside on its own, or zip it anew."
ZIP_METHOD = (
    "This ZIP archive is packed in a way that I cannot unpack. Zip it anew as ordinary ZIP, or attach the file inside."
)
ZIP_EMPTY = "This archive holds no file. Attach the one that has the entry numbers."
ZIP_TOO_MANY = "This archive holds more than {most} files. Attach those with the entry numbers on their own."
ZIP_TOO_LARGE = "This archive unpacks to more than 200 MB. Attach the file that matters on its own, or split it."
ZIP_TOO_DEEP = "This archive lies in archives, {most} deep and more. Attach the file inside on its own."
ZIP_TOO_SLOW = "This archive takes longer to unpack than I may spend on it. Attach the file inside on its own."

NO_VALUE = "a formula without its value: open the file in Excel, save it, send it again"
FAR_RIGHT = "a cell right of column {most:,}, where no table of CBP's reaches: it was not read"
AND_MORE = "more of the same further down"
