"""Who asks: nobody, somebody who just signed up, or an admin (ROLE). Sessions are opened anew every few seconds, because
some of what is tried ends them."""

import json
import os
import urllib.request
import uuid

import schemathesis

BASE, ROLE = os.environ["BASE"], os.environ.get("ROLE", "guest")
PASSWORD = "a slow red giant"


def session(path, body):
    """The cookie of a new session."""
    request = urllib.request.Request(
        f"{BASE}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request) as response:
        return response.headers["Set-Cookie"].split(";")[0]


if ROLE != "guest":

    @schemathesis.auth(refresh_interval=3)
    class Session:
        def get(self, case, context):
            if ROLE == "admin":
                return session("/api/v1/session", {"email": "admin@example.org", "password": PASSWORD})
            name = uuid.uuid4().hex[:12]
            new = {"email": f"{name}@example.org", "display_name": name, "password": PASSWORD}
            return session("/api/v1/accounts", new)

        def set(self, case, data, context):
            case.headers = dict(case.headers or {})
            case.headers["Cookie"] = data
