"""Prints the build targets of the tests that carry a label, for presets that build only those.

    python3 tools/targets_of_label.py BUILD_FOLDER 'REGULAR EXPRESSION'

ctest itself names the program of a test only once it is built, so this reads what CMake wrote.
"""
import re
import sys
from pathlib import Path

_TEST = re.compile(r'^add_test\((\S+) "([^"]+)"', re.MULTILINE)
_LABELS = re.compile(r'^set_tests_properties\((\S+) PROPERTIES .*?\bLABELS "([^"]*)"', re.MULTILINE)


def targets_of(description, programs_folder, label):
    """Targets in `programs_folder` of the tests of one CTestTestfile.cmake with a matching label."""
    labels = dict(_LABELS.findall(description))
    for name, program in _TEST.findall(description):
        matching = [one for one in labels.get(name, "").split(";") if re.search(label, one)]
        if matching and Path(program).parent == programs_folder:
            yield Path(program).name


def main(build_folder, label):
    build = Path(build_folder).resolve()
    found = set()
    for description in build.rglob("CTestTestfile.cmake"):
        found |= set(targets_of(description.read_text(encoding="utf-8"), build / "bin", label))
    print("\n".join(sorted(found)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1], sys.argv[2])
