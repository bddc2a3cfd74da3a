"""Mail as a format: bytes -> an Incoming, a Reply -> bytes. Shared by the mail channel, the folder and the command line."""
