#!/usr/bin/env python3
"""Known defects of crates, for `cargo deny check advisories` without a network.

    tools/advisories.py update CLONE    writes tools/advisories.json from a clone of github.com/rustsec/advisory-db
    tools/advisories.py lay FOLDER      lays them out in FOLDER as the database that cargo deny reads

The file keeps facts alone (id, crate, date, kind, versions), one advisory a line, of every crate and not only of those
in Cargo.lock, so that a new dependency is covered as well.
"""

import datetime
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("advisories.json")
# cargo deny derives this name from the address of the database.
DATABASE = "advisory-db-3157b0e258782691"


def git(folder, *arguments):
    command = ["git", "-C", str(folder), "-c", "user.name=lutong", "-c", "user.email=lutong@localhost", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def read(path):
    """The facts of one advisory file, or None for one that was withdrawn."""
    facts = tomllib.loads(re.search(r"```toml\n(.*?)```", path.read_text(), re.S).group(1))
    advisory, versions = facts["advisory"], facts.get("versions", {})
    if "withdrawn" in advisory:
        return None
    kept = {"id": advisory["id"], "package": advisory["package"], "date": str(advisory["date"])}
    kept |= {key: advisory[key] for key in ["informational"] if key in advisory}
    return kept | {key: versions[key] for key in ["patched", "unaffected"] if versions.get(key)}


def update(clone):
    found = [read(path) for path in sorted(Path(clone).glob("crates/*/*.md"))]
    lines = ",\n".join(json.dumps(one) for one in found if one)
    taken = {"commit": git(clone, "rev-parse", "HEAD"), "date": git(clone, "log", "-1", "--format=%cs")}
    FILE.write_text(f'{{"taken": {json.dumps(taken)}, "advisories": [\n{lines}\n]}}\n')
    print(f"{FILE.name}: {len(lines.splitlines())} advisories of {taken['date']}")


def front_matter(advisory):
    known = [f"{key} = {json.dumps(advisory[key])}" for key in ["id", "package", "date", "informational"] if key in advisory]
    versions = [f"{key} = {json.dumps(advisory.get(key, []))}" for key in ["patched", "unaffected"]]
    return "\n".join(["```toml", "[advisory]", *known, "[versions]", *versions, "```", "", f"# {advisory['id']}", ""])


def lay(folder):
    stored = json.loads(FILE.read_text())
    database = Path(folder) / DATABASE
    for advisory in stored["advisories"]:
        path = database / "crates" / advisory["package"] / f"{advisory['id']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(front_matter(advisory))
    git(database, "init", "-q")
    git(database, "add", "-A")
    git(database, "commit", "-q", "-m", stored["taken"]["commit"])
    (database / ".git" / "FETCH_HEAD").touch()
    age = (datetime.date.today() - datetime.date.fromisoformat(stored["taken"]["date"])).days
    print(f"advisories known on {stored['taken']['date']}, {age} days ago: {len(stored['advisories'])}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["update", clone]:
            update(clone)
        case ["lay", folder]:
            lay(folder)
        case _:
            sys.exit(__doc__)
