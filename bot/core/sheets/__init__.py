"""Table files: bytes -> rows, and rows -> findings."""
