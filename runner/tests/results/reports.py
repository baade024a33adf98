# SPDX-License-Identifier: GPL-2.0-only
"""For reports.sh and html.sh: journals to make reports from, and what the reports must be in Python's eyes.

reports.py sample DIR [TESTS]   a matrix of four kernels, one of which did not boot; texts that break out of markup
reports.py kcidb FILE           kcidb's schema 5.0, as far as it is about what nscheck writes
reports.py json FILE            the schema of results/README.md
reports.py junit FILE           Jenkins' xUnit plugin takes it, and the totals are those of the elements
reports.py markdown FILE        its tables, as cmark-gfm reads them
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

HOSTILE = "]]> --> </script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> " \
          "&lt; ' | ` # SKIP\n# Subtest: evil\nok 1 - no\n::error::x\\x1b[31m"

VERDICTS = "pass skip fail timeout crash splat leak error miss xfail xpass flaky lost".split()


def entries(name, index, tests):
    """What a journal holds of a run on that kernel."""
    plan = [{"id": "%s.group.number_%03d" % ("user" if i % 2 else "net", i), "file": "suites/x/y.c", "line": i + 1,
             "statement": "Promise %d is <kept> & stays so." % i, "expected": "It is seen.", "source": "none.7"}
            for i in range(tests)]
    kernel = {"name": name}
    if index == 2:
        kernel["commit"] = "0123456789abcdef" * 2 + "01234567"
    if index < 3:
        kernel.update(release="6.%d.0-1-amd64" % index, version="6.%d.9-1" % index, sha256=str(index) * 64)
    yield {"type": "run", "journal_schema": 1, "id": "run%d" % index, "started": "2026-11-24T10:00:00Z",
           "kernel": kernel, "accel": "tcg",
           "command": "'./my nscheck/run.sh' --kernel " + name, "options": {}, "plan": plan}
    if index == 3:
        yield {"type": "end", "how": "fault", "fault": "the VM ended before the guest said hello"}
        return
    for i, test in enumerate(plan):
        verdict = VERDICTS[(i // 7) % 11] if index == 0 and i % 7 == 0 else "pass"
        result = {"type": "test", "id": test["id"], "verdict": verdict, "duration_ms": 120 + i, "at_ms": i * 200,
                  "vm": 1, "start": "warm"}
        if verdict == "miss":
            continue
        if verdict not in ("pass", "skip"):
            result.update(message=HOSTILE.split("\n")[0], role="box/inner", file="suites/x/y.c", line=i + 5,
                          diagnostics=HOSTILE, kernel_log="[    1.000000] WARNING: " + HOSTILE)
        if verdict == "skip":
            result["reason"] = "the kernel lacks CONFIG_X"
        if verdict in ("xfail", "xpass"):
            result.update(observed="fail" if verdict == "xfail" else "pass", known_reason=HOSTILE.split("\n")[0])
        yield result
    yield {"type": "end", "how": "finished", "times_ms": {"total": 65000}}


def sample(folder, tests=120):
    runs = []
    for index, name in enumerate(("debian/5.10", "debian/6.1", "/tmp/a b/bzImage", "debian/9.9")):
        below = "kernel%d" % index
        os.makedirs(os.path.join(folder, below))
        with open(os.path.join(folder, below, "journal.ndjson"), "w") as f:
            for entry in entries(name, index, int(tests)):
                f.write(json.dumps(entry) + "\n")
        runs.append({"name": name, "folder": below})
    with open(os.path.join(folder, "matrix.json"), "w") as f:
        json.dump({"schema": 1, "id": "sample", "started": "2026-11-24T10:00:00Z", "runs": runs}, f)


ORIGIN = "[a-z0-9_]+"
ORIGIN_ID = "[a-z0-9_]+:.*"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"
STATUS = "FAIL|ERROR|MISS|PASS|DONE|SKIP"
LOG = r"(?s)[^\0]{0,16384}"
TEXT = r"(?s)[^\0]*"
PATH = r"([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?"

# Object by object: what may be there and the pattern or type it fits; ! marks what has to be.
KCIDB = {
    "checkouts": {"id!": ORIGIN_ID, "origin!": ORIGIN, "comment": TEXT, "start_time": TIME, "valid": bool, "misc": dict,
                  "git_commit_hash": "[0-9a-f]{40}([0-9a-f]{24})?"},
    "builds": {"checkout_id!": ORIGIN_ID, "id!": ORIGIN_ID, "origin!": ORIGIN, "comment": TEXT, "start_time": TIME,
               "architecture": "[a-z0-9_]*", "status": STATUS, "misc": dict},
    "tests": {"build_id!": ORIGIN_ID, "id!": ORIGIN_ID, "origin!": ORIGIN, "environment": dict, "path": PATH,
              "comment": TEXT, "log_excerpt": LOG, "status": STATUS, "start_time": TIME, "duration": (int, float),
              "misc": dict},
    "issues": {"id!": ORIGIN_ID, "version!": int, "origin!": ORIGIN, "report_url": "https?://[^ ]+", "report_subject": TEXT,
               "culprit": dict, "comment": TEXT, "misc": dict},
    "incidents": {"id!": ORIGIN_ID, "origin!": ORIGIN, "issue_id!": ORIGIN_ID, "issue_version!": int, "build_id": ORIGIN_ID,
                  "test_id": ORIGIN_ID, "present": bool, "comment": TEXT, "misc": dict},
}
CULPRIT = {"code": bool, "tool": bool, "harness": bool}
ENVIRONMENT = {"comment": TEXT, "misc": dict}

RESULT = {
    "id!": TEXT, "verdict!": "|".join(VERDICTS), "suite!": TEXT, "statement": TEXT, "source": TEXT,
    "observed": "|".join(VERDICTS), "known_reason": TEXT, "known_link": TEXT, "duration_ms": int, "guest_micros": int,
    "file": TEXT, "line": int, "message": TEXT, "reason": TEXT, "role": TEXT, "diagnostics": TEXT, "kernel_log": TEXT,
    "fingerprint": TEXT, "vm": int, "start": "cold|warm", "at_ms": int, "runs!": int, "run_again": dict,
    "runs_again": int, "runs_again_bad": int, "crash_after": list, "crash_search": TEXT, "sabotage": bool,
}


def fits(thing, rules, where):
    wanted = {key.rstrip("!"): rule for key, rule in rules.items()}
    for key in rules:
        assert not key.endswith("!") or key[:-1] in thing, "%s has no %s" % (where, key)
    for key, value in thing.items():
        assert key in wanted, "%s has a %s" % (where, key)
        rule = wanted[key]
        if isinstance(rule, str):
            assert isinstance(value, str) and re.fullmatch(rule, value), "%s: %s is %r" % (where, key, value)
        else:
            assert isinstance(value, rule), "%s: %s is %r" % (where, key, value)


def kcidb(path):
    with open(path) as f:
        root = json.load(f)
    assert set(root) <= {"version"} | set(KCIDB), root.keys()
    assert root["version"] == {"major": 5, "minor": 0}
    ids = {}
    for kind, rules in KCIDB.items():
        ids[kind] = [thing["id"] for thing in root[kind]]
        assert len(set(ids[kind])) == len(ids[kind]) > 0, kind  # the sample has some of each
        for thing in root[kind]:
            fits(thing, rules, "%s %s" % (kind, thing["id"]))
    for build in root["builds"]:
        assert build["checkout_id"] in ids["checkouts"]
    for test in root["tests"]:
        assert test["build_id"] in ids["builds"]
        fits(test["environment"], ENVIRONMENT, test["id"])
    for issue in root["issues"]:
        assert issue["version"] >= 0
        fits(issue["culprit"], CULPRIT, issue["id"])
        assert any(issue["culprit"].values()), issue
    for incident in root["incidents"]:
        assert incident["test_id"] in ids["tests"] and incident["issue_id"] in ids["issues"]
        status = next(test["status"] for test in root["tests"] if test["id"] == incident["test_id"])
        assert incident["present"] == (status == "FAIL"), incident


def results(path):
    with open(path) as f:
        root = json.load(f)
    assert root["schema"] == 1
    assert root["end"]["how"] in ("finished", "interrupted", "fail-fast", "fault", "killed")
    assert sum(root["totals"].values()) == len(root["tests"])
    for test in root["tests"]:
        fits(test, RESULT, test["id"])
    for verdict in VERDICTS:
        assert root["totals"][verdict] == sum(t["verdict"] == verdict for t in root["tests"])


def markdown(path):
    """As GitHub's own parser reads it: tables with rows of one width, and no markup of a guest's."""
    page = subprocess.run(["cmark-gfm", "-e", "table", path], check=True, capture_output=True, text=True).stdout
    root = ElementTree.fromstring("<page>%s</page>" % page)
    for table in root.iter("table"):
        widths = {len(row) for row in table.iter("tr")}
        assert len(widths) == 1, widths
    assert root.find("table/tbody") is not None
    known = {"page", "h2", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert {element.tag for element in root.iter()} <= known
    messages = [cell.text for cell in root.iter("code") if cell.text.startswith("]]>")]
    assert messages and all(m == HOSTILE.split("\n")[0] for m in messages), messages[:1]


# What the xUnit plugin of Jenkins lets pass (its junit-10.xsd): of each element the attributes, ! for those that have to be,
# and what may be in it, as far as nscheck writes such elements.
XUNIT = {
    "testsuites": ("name time tests failures errors", "testsuite"),
    "testsuite": ("name! tests! failures! errors! group time skipped timestamp hostname id package file log url",
                  "testsuite properties testcase system-out system-err"),
    "testcase": ("name! time classname group", "skipped error failure system-out system-err"),
    "failure": ("type message", ""), "error": ("type message", ""), "skipped": ("type message", ""),
    "system-out": ("", ""), "system-err": ("", ""),
}


def xunit(element):
    attributes, children = (words.split() for words in XUNIT[element.tag])
    for name in attributes:
        assert not name.endswith("!") or name[:-1] in element.attrib, (element.tag, name)
    unknown = set(element.attrib) - {name.rstrip("!") for name in attributes}
    assert not unknown, (element.tag, unknown)
    if element.tag in ("testsuite", "testsuites"):
        assert re.fullmatch(r"[0-9]*(\.[0-9]*)?", element.get("time", "")), element.attrib
    for child in element:
        assert child.tag in children, (element.tag, child.tag)
        xunit(child)


def junit(path):
    root = ElementTree.parse(path).getroot()
    xunit(root)
    for holder in [root] + list(root):
        cases = list(holder.iter("testcase"))
        for key, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if holder is root and key == "skipped":
                continue
            assert int(holder.get(key)) == sum(case.find(element) is not None for case in cases), holder.attrib
        assert int(holder.get("tests")) == len(cases)


if __name__ == "__main__":
    {"sample": sample, "kcidb": kcidb, "json": results, "junit": junit, "markdown": markdown}[sys.argv[1]](*sys.argv[2:])
