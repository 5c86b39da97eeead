"""Runs a command and notes its resident memory once a second: watch.py MEMORY.csv WALL.json COMMAND..."""

import json
import re
import subprocess
import sys
import time

memory, wall, command = sys.argv[1], sys.argv[2], sys.argv[3:]


def resident_mib(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            found = re.search(r"VmRSS:\s+(\d+)", status.read())
    except OSError:
        return None
    return int(found.group(1)) / 1024 if found else None


started = time.monotonic()
process = subprocess.Popen(command)
with open(memory, "w") as table:
    print("seconds,resident_mib", file=table)
    turn = 0
    while process.poll() is None:
        now = resident_mib(process.pid)
        if now is not None:
            print(f"{time.monotonic() - started:.2f},{now:.1f}", file=table, flush=True)
        turn += 1
        try:
            process.wait(max(0.0, started + turn - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
seconds = time.monotonic() - started
with open(wall, "w") as file:
    json.dump({"seconds": round(seconds, 3)}, file)
sys.exit(process.returncode)
