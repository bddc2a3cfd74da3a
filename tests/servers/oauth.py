"""A small OAuth authority on loopback, as msal and google-auth speak with one. It issues tokens that Dovecot takes."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from servers.dovecot import token

MICROSOFT = "https://login.microsoftonline.com"


class Authority(ThreadingHTTPServer):
    """`user` is whom tokens are for. `revoked`: refresh tokens are refused. `issued` are all access tokens given.

    `pending`: the person has not entered the device's code yet. `no_tenant`: nobody knows the tenant.
    """

    def __init__(self, user):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.user, self.revoked, self.issued, self.asked, self.seconds = user, False, set(), [], 3600
        self.pending, self.no_tenant = False, False
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def close(self):
        self.shutdown()
        self.server_close()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.server.no_tenant:
            self._json(400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."})
            return
        tenant = self.path.split("/")[1]
        base = f"{MICROSOFT}/{tenant}/oauth2/v2.0"
        self._json(200, {
            "issuer": f"{MICROSOFT}/{tenant}/v2.0", "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token", "device_authorization_endpoint": f"{base}/devicecode",
        })  # fmt: skip

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path.endswith("devicecode"):
            self._json(200, {
                "user_code": "ABC-DEF", "device_code": "device", "verification_uri": "https://example.com/device",
                "expires_in": 60, "interval": 1, "message": "Enter ABC-DEF on https://example.com/device",
            })  # fmt: skip
            return
        grant = form["grant_type"][0]
        self.server.asked.append(grant)
        if self.server.pending and "device" in grant:
            self._json(400, {"error": "authorization_pending"})
            return
        if self.server.revoked and grant == "refresh_token":
            self._json(400, {"error": "invalid_grant", "error_description": "the token was revoked"})
            return
        if grant == "client_credentials" and form.get("client_secret") != ["the-secret"]:
            self._json(401, {"error": "invalid_client"})
            return
        access = token(self.server.user, self.server.seconds)
        self.server.issued.add(access)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": self.server.seconds}
        if grant != "client_credentials":
            answer |= {
                "refresh_token": "refresh",
                "scope": form.get("scope", [""])[0],
                "client_info": "eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ",
            }
        self._json(200, answer)

    def _json(self, status, body):
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass
