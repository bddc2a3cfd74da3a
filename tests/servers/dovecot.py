"""A throw-away Dovecot on loopback, unprivileged: IMAP with STARTTLS, IMAPS, passwords and OAuth2 tokens."""

import base64
import contextlib
import grp
import hashlib
import hmac
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from servers.needed import program

SECRET = b"a-secret-that-only-these-tests-have"
HOW = "sudo apt-get install -y --no-install-recommends dovecot-imapd"

CONF = """protocols = imap
listen = 127.0.0.1
base_dir = {dir}/run
state_dir = {dir}/state
instance_name = capebot-test
log_path = {dir}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_home = {dir}/mail/%u
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {dir}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}/mail/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox {drafts} {{
    {special}
    auto = subscribe
  }}
}}
service imap-login {{
  chroot =
  user = {user}
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_limit = 64
}}
service stats {{
  chroot =
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder):
    """A self-signed certificate for localhost and 127.0.0.1; gives (certificate, key)."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def token(user, seconds=3600):
    """A signed token (HS256) that this Dovecot accepts for the user."""

    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    now = int(time.time())
    head = part(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    body = part(json.dumps({"sub": user, "iat": now - 10, "exp": now + seconds}).encode())
    return b".".join([head, body, part(hmac.new(SECRET, head + b"." + body, hashlib.sha256).digest())]).decode()


class Dovecot:
    """Users are mail addresses; every one named in `users` has the password `pw`. `prefix`: of all folders.

    `drafts` is the folder for drafts; `special`: it is marked as that.
    """

    def __init__(self, users=("cape@brokerage.example",), prefix="", drafts="Entwürfe", *, special=True):
        self.prefix, self.drafts, self.special = prefix, drafts, special
        self.program = program("dovecot", HOW, "/usr/sbin")
        self.dir = Path(tempfile.mkdtemp(prefix="dovecot"))
        self.port, self.tls_port = free_port(), free_port()
        self.user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.account = pwd.getpwnam(self.user)
        self._write(users)
        self.process = None

    def _write(self, users):
        for folder in ("run", "state", "mail", "keys/default/HS256"):
            (self.dir / folder).mkdir(parents=True)
        self.dir.chmod(0o755)
        self.cert, _ = certificate(self.dir)
        (self.dir / "users").write_text("".join(f"{user}:{{PLAIN}}pw\n" for user in users))
        (self.dir / "keys/default/HS256/default").write_text(base64.b64encode(SECRET).decode())
        (self.dir / "oauth2.conf").write_text(
            "introspection_mode = local\n"
            f"local_validation_key_dict = fs:posix:prefix={self.dir}/keys/\n"
            "username_attribute = sub\n"
        )
        group = grp.getgrgid(self.account.pw_gid).gr_name
        (self.dir / "conf").write_text(
            CONF.format(
                dir=self.dir,
                user=self.user,
                group=group,
                imap=self.port,
                imaps=self.tls_port,
                prefix=self.prefix,
                drafts=self.drafts,
                special="special_use = \\Drafts" if self.special else "",
                separator=self.prefix[-1:] or "/",
            )
        )
        if os.getuid() == 0:
            for path in [self.dir, *self.dir.rglob("*")]:
                os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def start(self):
        drop = []
        if os.getuid() == 0:
            drop = [
                "setpriv",
                f"--reuid={self.account.pw_uid}",
                f"--regid={self.account.pw_gid}",
                "--clear-groups",
                "--",
            ]
        self.process = subprocess.Popen(
            [*drop, self.program, "-F", "-c", self.dir / "conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 15
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                if probe.recv(4) == b"* OK":
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        log = self.dir / "log"
        raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else 'no log'}")

    def stop(self, *, hard=False):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
