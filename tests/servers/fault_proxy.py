"""A TCP proxy that can freeze, cut and refuse, for what networks do to connections; and deny an IMAP command."""

import contextlib
import socket
import struct
import threading


class FaultProxy:
    """`port` leads to `target` on loopback. freeze(): nothing moves. cut(): every connection is reset. refuse.

    `cuts`: so many connections end once they brought `cut_after` bytes. `deny`: an IMAP command with it gets a NO.
    """

    def __init__(self, target):
        self.target, self.refuse = target, False
        self.cuts, self.cut_after, self.deny, self.denied = 0, 100_000, b"", 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._pairs = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self):
        self._flowing.clear()

    def thaw(self):
        self._flowing.set()

    def cut(self):
        for one in self._pairs:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RD)
            one.close()
        self._pairs.clear()

    def close(self):
        self.cut()
        self._server.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                if self.refuse:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.target))
                self._pairs += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink, source is server), daemon=True).start()

    def _pump(self, source, sink, from_server):
        brought = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flowing.wait()
                brought += len(data)
                if from_server and self.cuts and brought > self.cut_after:
                    self.cuts -= 1
                    break
                if not from_server and self.deny and self.deny in data:
                    self.denied += 1
                    source.sendall(data.split()[0] + b" NO not this one\r\n")
                    continue
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
