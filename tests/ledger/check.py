"""Checks ledgers: CHECK.py SCHEMA COMMITTED QUICK CONTROLS.

Both ledgers follow the schema, hold the same claims of the same papers, cite each of these once, and do not contradict each other
(one says violated where the other says holds); no verdict of the quick one contradicts what is expected; every control was caught.
"""
import json
import sys

import jsonschema


def contradicts(one, other):
    return {one, other} & {"violated"} and {one, other} & {"holds", "holds-vacuously"}


def main(schema, committed, quick, controls):
    schema, committed, quick, controls = (json.load(open(path, encoding="utf-8")) for path in (schema, committed, quick, controls))
    for ledger in (committed, quick):
        jsonschema.validate(ledger, schema)
    full = {claim["id"]: claim for claim in committed["claims"]}
    ids = [claim["id"] for claim in quick["claims"]]
    problems = []
    for ledger in (committed, quick):
        cited = [paper["key"] for paper in ledger["papers"]]
        uncited = {claim["paper"] for claim in ledger["claims"]} ^ set(cited)
        if uncited or len(set(cited)) != len(cited):
            problems.append(f"papers cited {cited}, of claims and not cited, or cited and without a claim: {sorted(uncited)}")
    moved = [claim["id"] for claim in quick["claims"] if claim["paper"] != full.get(claim["id"], claim)["paper"]]
    if moved:
        problems.append(f"of another paper: {', '.join(moved)}")
    if sorted(full) != sorted(ids) or len(set(ids)) != len(ids):
        problems.append(f"claims differ: {sorted(set(full) ^ set(ids))}")
    for claim in quick["claims"]:
        for name, other in (("expected", claim["expected"]), ("committed", full.get(claim["id"], claim)["verdict"])):
            if contradicts(claim["verdict"], other):
                problems.append(f"{claim['id']}: {claim['verdict']}, {name} {other}: {claim['note']}")
    escaped = [control["id"] for control in controls["controls"] if not control["caught"]]
    if escaped:
        problems.append(f"not caught: {', '.join(escaped)}")
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(ids)} claims, {len(controls['controls'])} controls: no contradiction")


main(*sys.argv[1:])
