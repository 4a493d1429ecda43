#!/usr/bin/env python3
"""Writes the software bill of materials (CycloneDX 1.6, JSON) of the server and of what the browser loads.

    tools/sbom.py FILE

Crates come from `cargo metadata`: those that the server and the browser's module are made from, without tests and build
tools. Packages of npm come from end2end/package-lock.json, those of Python, which only ./check uses, from
tools/clients.txt; tools among them are marked as excluded from the product. The document is validated against the schema
before it is written.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"]
# The style sheet carries its rules; the other packages of npm are tools.
SHIPPED = {"govuk-frontend"}
licences = LicenseFactory()


def component(kind, name, version, scope=ComponentScope.REQUIRED, licence=None, sha256=None):
    url = PackageURL(kind, *name.rsplit("/", 1), version) if "/" in name else PackageURL(kind, None, name, version)
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        scope=scope,
        bom_ref=url.to_string(),
        purl=url,
        licenses=[licences.make_from_string(licence.replace("/", " OR "))] if licence else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)] if sha256 else [],
    )


def metadata(target):
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def checksums():
    blocks = (ROOT / "Cargo.lock").read_text().split("[[package]]")
    pattern = r'name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"'
    return {match.group(1, 2): match[3] for block in blocks if (match := re.search(pattern, block))}


def linked(graph, start):
    """The packages that end up in `start`, with what each of them needs; development and build dependencies do not."""
    nodes = {node["id"]: node for node in graph["resolve"]["nodes"]}
    needs, waiting = {}, [start]
    while waiting:
        package = waiting.pop()
        if package in needs:
            continue
        normal = [dep["pkg"] for dep in nodes[package]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        needs[package] = normal
        waiting += normal
    return needs


def add_crates(bom):
    sums, made = checksums(), {}
    for target, name in zip(TARGETS, ["server", "app"]):
        graph = metadata(target)
        packages = {package["id"]: package for package in graph["packages"]}
        start = next(id for id in graph["workspace_members"] if packages[id]["name"] == name)
        needs = linked(graph, start)
        for id in needs.keys() - made.keys():
            package = packages[id]
            key = (package["name"], package["version"])
            made[id] = component("cargo", *key, licence=package["license"], sha256=sums.get(key))
            bom.components.add(made[id])
        for id, needed in needs.items():
            bom.register_dependency(made[id], [made[other] for other in needed])


def add_tools(bom):
    lock = json.loads((ROOT / "end2end/package-lock.json").read_text())
    for path, package in lock["packages"].items():
        if path:
            name = path.rsplit("node_modules/", 1)[1]
            scope = ComponentScope.REQUIRED if name in SHIPPED else ComponentScope.EXCLUDED
            bom.components.add(component("npm", name, package["version"], scope, package.get("license")))
    for line in (ROOT / "tools/clients.txt").read_text().splitlines():
        if match := re.match(r"([\w.-]+)(?:\[.*\])?==(\S+)", line):
            bom.components.add(component("pypi", match[1].lower(), match[2], ComponentScope.EXCLUDED))


def main(path):
    bom = Bom()
    product = Component(type=ComponentType.APPLICATION, name="lutong", version="0.1.0", bom_ref="lutong")
    bom.metadata.component = product
    add_crates(bom)
    add_tools(bom)
    bom.register_dependency(product, [one for one in bom.components if one.name in ("server", "app")])
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"the bill of materials does not fit its schema: {problem}")
    names = {one.name for one in bom.components}
    if missing := {"axum", "leptos", "sqlx", "wasm-bindgen", "govuk-frontend"} - names:
        sys.exit(f"the bill of materials lacks {', '.join(sorted(missing))}")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)
    print(f"{path}: {len(names)} components")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
