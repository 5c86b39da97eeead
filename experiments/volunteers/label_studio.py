"""Label Studio under the same work: its server as `pip install` gives it, on SQLite, and people who ask for a task and
answer it as fast as answers come. Prints JSON. Usage: label_studio.py SCRATCH_FOLDER [CLIENTS,...] [SECONDS]
TASKS (370000) is what is asked for, IMPORT_SECONDS (240) how long importing may take: it goes on with what came in."""

import http.client
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import threading
import time

LABELS = """<View><Image name="image" value="$image"/>
<Choices name="answer" toName="image"><Choice value="lens"/><Choice value="unsure"/><Choice value="no lens"/></Choices>
</View>"""

# Accounts are made as its own command line makes them; the interface for it sends letters.
PEOPLE = """
import os, sys, label_studio
sys.path.insert(0, os.path.dirname(label_studio.__file__))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings.label_studio")
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "--no-color", verbosity=0)
from organizations.models import Organization
from users.models import User
org = None
for number in range(int(sys.argv[1])):
    user = User.objects.create_user(email=f"v{number}@example.org", password="a slow red giant")
    if org is None:
        org = Organization.create_organization(created_by=user, title="crowd", legacy_api_tokens_enabled=True)
        org.jwt.legacy_api_tokens_enabled = True
        org.jwt.save()
    else:
        org.add_user(user)
    user.active_organization = org
    user.save(update_fields=["active_organization"])
    print("token", user.auth_token.key)
"""


class Client:
    """One person on one connection that is kept alive."""

    def __init__(self, port, token):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        payload = None if body is None else json.dumps(body)
        try:
            self.http.request(method, path, payload, self.headers)
            response = self.http.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.http.close()
            raise
        return response.status, content


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return None


def import_tasks(client, project, wanted, seconds):
    """As many as come in within the time, in parts."""
    start, done = time.monotonic(), 0
    while done < wanted and time.monotonic() - start < seconds:
        part = min(5_000, wanted - done)
        tasks = [{"data": {"image": f"/data/{done + i}.webp"}} for i in range(part)]
        status, content = client.ask("POST", f"/api/projects/{project}/import", tasks)
        if status != 201:
            raise SystemExit(f"import: {status} {content[:300]!r}")
        done += part
        print(f"imported {done} in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return done, time.monotonic() - start


def person(client, project, until, waits, errors):
    answer = {"from_name": "answer", "to_name": "image", "type": "choices", "value": {"choices": ["no lens"]}}
    while time.monotonic() < until:
        start = time.monotonic()
        try:
            status, content = client.ask("GET", f"/api/projects/{project}/next")
            asked = time.monotonic()
            if status != 200:
                errors.append(f"next: {status}")
                time.sleep(0.02)
                continue
            task = json.loads(content)["id"]
            status, content = client.ask("POST", f"/api/tasks/{task}/annotations/", {"result": [answer], "lead_time": 3.2})
            if status != 201:
                errors.append(f"annotation: {status}")
                continue
        except (OSError, http.client.HTTPException) as error:
            errors.append(type(error).__name__)
            continue
        end = time.monotonic()
        waits.append((asked - start, end - asked, end - start))


def describe(waits):
    waits = sorted(waits)
    at = lambda share: round(waits[round((len(waits) - 1) * share)] * 1e3, 1) if waits else None
    return {"p50": at(0.5), "p99": at(0.99), "longest": at(1.0)}


def annotated(database, project):
    """How many tasks have one answer, and more than the one that is wanted."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    counts = connection.execute(
        "SELECT COUNT(*) FROM task_completion c JOIN task t ON t.id = c.task_id WHERE t.project_id = ? GROUP BY c.task_id",
        (project,),
    ).fetchall()
    connection.close()
    return len(counts), sum(1 for (count,) in counts if count > 1)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    crowds = [int(text) for text in (sys.argv[2] if len(sys.argv) > 2 else "8,200").split(",")]
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60.0
    wanted = int(os.environ.get("TASKS", 370_000))
    folder.mkdir(parents=True, exist_ok=True)
    programs = pathlib.Path(sys.executable).parent
    environment = os.environ | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "BASE_DATA_DIR": str(folder),
        "COLLECT_ANALYTICS": "0",
        "LATEST_VERSION_CHECK": "0",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": str(1 << 30),
    }
    made = subprocess.run(
        [sys.executable, "-c", PEOPLE, str(sum(crowds))], env=environment, capture_output=True, text=True, check=False
    )
    tokens = [line.split()[1] for line in made.stdout.splitlines() if line.startswith("token ")]
    if len(tokens) != sum(crowds):
        raise SystemExit(f"accounts: {made.stdout[-500:]} {made.stderr[-2000:]}")
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    log = open(folder / "server.log", "w")
    server = subprocess.Popen(
        [programs / "label-studio", "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port),
         "--data-dir", str(folder)],
        env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )
    try:
        for _ in range(240):
            try:
                if Client(port, tokens[0]).ask("GET", "/health")[0] == 200:
                    break
            except OSError:
                time.sleep(0.5)
        owner = Client(port, tokens[0])
        status, content = owner.ask("POST", "/api/projects/", {"title": "lenses", "label_config": LABELS, "maximum_annotations": 1})
        if status != 201:
            raise SystemExit(f"project: {status} {content[:300]!r}")
        project = json.loads(content)["id"]
        tasks, import_seconds = import_tasks(owner, project, wanted, float(os.environ.get("IMPORT_SECONDS", 240)))
        runs, database = [], folder / "label_studio.sqlite3"
        for crowd in crowds:
            mine, tokens = tokens[:crowd], tokens[crowd:]
            before, cpu = annotated(database, project), cpu_seconds(server.pid)
            waits, errors, start = [], [], time.monotonic()
            people = [
                threading.Thread(target=person, args=(Client(port, token), project, start + seconds, waits, errors))
                for token in mine
            ]
            for one in people:
                one.start()
            for one in people:
                one.join()
            took, cpu, after = time.monotonic() - start, cpu_seconds(server.pid) - cpu, annotated(database, project)
            done, over = after[0] - before[0], after[1] - before[1]
            runs.append({
                "volunteers": crowd, "seconds": round(took, 1), "cycles": len(waits),
                "cycles_per_second": round(len(waits) / took, 2),
                "next_ms": describe([wait[0] for wait in waits]), "annotation_ms": describe([wait[1] for wait in waits]),
                "cycle_ms": describe([wait[2] for wait in waits]),
                "server_cpu_ms_per_cycle": round(cpu * 1e3 / max(len(waits), 1), 1),
                "server_cores": round(cpu / took, 2), "server_peak_mb": peak_mb(server.pid),
                "tasks_answered": done, "tasks_answered_too_often": over, "over_labelled": round(over / max(done, 1), 4),
                "errors": {error: errors.count(error) for error in sorted(set(errors))},
            })
            print(json.dumps(runs[-1]), file=sys.stderr)
        print(json.dumps({"tasks": tasks, "import_seconds": round(import_seconds), "runs": runs}, indent=2))
    finally:
        server.terminate()
        server.wait()
        log.close()


if __name__ == "__main__":
    main()
