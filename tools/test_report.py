"""Prints what every suite of a ctest run counted, and closes with `N passed, N failed`.

    python3 tools/test_report.py RESULTS.xml     as written by ctest --output-junit

A GoogleTest binary counts as its tests, a Python suite as its tests, anything else as one.
Lines in which a suite says what it covered ("[ covered  ] ...", "fuzz ...", "house ...") are kept.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from typing import NamedTuple

_PASSED = re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.MULTILINE)
_FAILED = re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.MULTILINE)
_SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) tests?, listed below", re.MULTILINE)
_PYTHON = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
_PYTHON_FAILED = re.compile(r"^FAILED \((?:failures=(\d+))?(?:, )?(?:errors=(\d+))?", re.MULTILINE)
_COVERED = re.compile(r"^(?:\[ covered  \] |fuzz \w+: |phenix_tidy: )(.*)$", re.MULTILINE)


class Suite(NamedTuple):
    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    covered: list


def _number(pattern, text):
    match = pattern.search(text)
    return sum(int(group or 0) for group in match.groups()) if match else 0


def count(name, outcome, seconds, output):
    """The suite of one ctest entry; `outcome` is passed, failed or skipped."""
    covered = _COVERED.findall(output)
    passed = _number(_PASSED, output)
    failed = _number(_FAILED, output)
    skipped = _number(_SKIPPED, output)
    if "[==========]" not in output:
        passed = _number(_PYTHON, output)
        failed = _number(_PYTHON_FAILED, output)
        passed -= failed
    if outcome == "skipped":
        return Suite(name, 0, 0, 1, seconds, covered)
    if outcome == "failed":
        # A crash counts as one failure, whatever the output got to say before it.
        return Suite(name, passed, max(1, failed), skipped, seconds, covered)
    if passed == 0 and skipped == 0:
        # A GoogleTest binary without tests shows nothing; any other program is its own check.
        empty = "[==========]" in output
        return Suite(name, int(not empty), int(empty), 0, seconds, covered)
    return Suite(name, passed, failed, skipped, seconds, covered)


def read(path):
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        skipped = case.find("skipped")
        outcome = {"run": "passed", "disabled": "skipped"}.get(case.get("status"), "failed")
        if skipped is not None and (skipped.get("message") or "").startswith("SKIP_"):
            outcome = "skipped"
        yield count(case.get("name"), outcome, float(case.get("time") or 0), output)


def fold(suites):
    """One line for each family of single checks: house.a, house.b -> house (2)."""
    folded = {}
    for suite in suites:
        family, dot, _ = suite.name.partition(".")
        key = family if dot and suite.failed == 0 else suite.name
        old = folded.get(key)
        folded[key] = suite._replace(name=key) if old is None else Suite(
            key, old.passed + suite.passed, old.failed + suite.failed, old.skipped + suite.skipped,
            old.seconds + suite.seconds, old.covered + suite.covered)
    return folded.values()


def main(path):
    suites = sorted(fold(read(path)), key=lambda suite: suite.name)
    width = max([len(suite.name) for suite in suites] + [5])
    print(f"\n{'suite':{width}}  passed  failed  skipped  seconds")
    for suite in suites:
        print(f"{suite.name:{width}}  {suite.passed:6}  {suite.failed:6}  {suite.skipped:7}  {suite.seconds:7.1f}")
        for line in suite.covered:
            print(f"  covered: {line}")
    passed = sum(suite.passed for suite in suites)
    failed = sum(suite.failed for suite in suites)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
