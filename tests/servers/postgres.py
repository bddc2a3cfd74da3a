"""A private PostgreSQL cluster for the tests: its own folder, a free port on loopback, thrown away at the end."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg
import pytest

HOW = "PostgreSQL's server is missing (Debian: apt-get install postgresql)"


def binaries():
    """The folder with initdb and postgres, the newest version; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A running cluster. `database()` gives the URL of a new empty database."""

    def __init__(self, folder, *, durable=False):
        self.folder = Path(folder)
        self._durable = "on" if durable else "off"  # only figures and power cuts need it
        self.port = free_port()
        self._as = self._other_user()
        self._bin = binaries()
        self._process = None

    def _other_user(self):
        """initdb and postgres refuse to run as root."""
        if os.geteuid() != 0:
            return []
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def start(self):
        if not (self.folder / "data").exists():
            subprocess.run(
                [*self._as, self._bin / "initdb", "-D", self.folder / "data", "-U", "capebot", "-A", "trust", "-E", "UTF8",
                 "--no-sync"],
                check=True, capture_output=True, cwd=self.folder,
            )  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as, self._bin / "postgres", "-D", self.folder / "data", "-k", self.folder, "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
                 "-c", f"fsync={self._durable}"],
                stdout=log, stderr=log, cwd=self.folder,
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return self

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast": open connections are cut
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(10)

    def dsn(self, name):
        return f"postgresql://capebot@127.0.0.1:{self.port}/{name}"

    def database(self):
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.dsn(name)


def need_postgres():
    """Skip without the server; under CI that is a failure."""
    if binaries() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW)
        pytest.skip(HOW)


@contextlib.contextmanager
def cluster():
    """A running cluster of its own, in a folder that its other user may enter; thrown away at the end."""
    need_postgres()
    # A short path: a socket's name may have 107 characters.
    folder = tempfile.mkdtemp(prefix="pg-")
    server = Postgres(folder)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres():
    """A cluster for the whole run."""
    with cluster() as server:
        yield server
