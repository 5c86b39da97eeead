"""Kills a command at two random moments, lets it end, and compares what it wrote with what it should have:
kill.py WALL.json EXPECTED_FOLDER FOLDER COMMAND..."""

import json
import pathlib
import random
import subprocess
import sys
import time

wall, expected, folder, command = sys.argv[1], *map(pathlib.Path, sys.argv[2:4]), sys.argv[4:]
with open(wall) as file:
    seconds = json.load(file)["seconds"]


def start():
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished():
    return len(list(folder.glob("*.json"))) if folder.is_dir() else 0


kills = []
for _ in range(2):
    process = start()
    after = random.uniform(0.1, 0.4) * seconds
    time.sleep(after)
    running = process.poll() is None
    process.kill()
    process.wait()
    kills.append({"after_seconds": round(after, 2), "was_running": running, "shards_done": finished()})
process = start()
told, _ = process.communicate()
if process.returncode != 0:
    sys.exit(f"the last run failed with {process.returncode}")

names = sorted(path.name for path in expected.iterdir())
found = sorted(path.name for path in folder.iterdir())
different = [name for name in names if name in found and (expected / name).read_bytes() != (folder / name).read_bytes()]
result = {
    "kills": kills,
    "last_run": json.loads(told),
    "files": len(names),
    "missing": sorted(set(names) - set(found)),
    "unexpected": sorted(set(found) - set(names)),
    "different": different,
}
result["identical"] = not (result["missing"] or result["unexpected"] or different)
json.dump(result, sys.stdout, indent=1)
sys.exit(0 if result["identical"] else 1)
