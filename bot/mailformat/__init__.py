"""Mail as a format: bytes -> an Incoming, a Reply -> bytes. Shared by every channel that carries mail."""
