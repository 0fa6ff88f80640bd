"""The closing line of `./dev test` counts what the suites counted.

    python3 tools/test_report_test.py
"""
import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import test_report  # noqa: E402

GOOGLE = "[==========] Running 3 tests from 1 test suite.\n[ covered  ] 12 mutations tried\n"


def report(*cases):
    """(exit code, printed lines) of a results file with `cases`: (name, status, output, message)."""
    body = "".join(
        f'<testcase name="{name}" status="{status}" time="0.5">'
        + (f'<skipped message="{message}"/>' if message else "")
        + f"<system-out>{output}</system-out></testcase>"
        for name, status, output, message in cases)
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(f"<testsuite>{body}</testsuite>")
        file.flush()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = test_report.main(file.name)
    return code, printed.getvalue().splitlines()


class Report(unittest.TestCase):
    def test_sums_the_tests_of_google_test_binaries(self):
        code, lines = report(("a_test", "run", GOOGLE + "[  PASSED  ] 3 tests.\n", ""),
                             ("b_test", "run", GOOGLE + "[  PASSED  ] 1 test.\n", ""))
        self.assertEqual((code, lines[-1]), (0, "4 passed, 0 failed"))
        self.assertIn("  covered: 12 mutations tried", lines)

    def test_counts_failures_inside_a_binary(self):
        code, lines = report(("a_test", "fail", GOOGLE + "[  PASSED  ] 1 test.\n"
                              "[  FAILED  ] 2 tests, listed below:\n", ""))
        self.assertEqual((code, lines[-1]), (1, "1 passed, 2 failed"))

    def test_counts_a_crash_as_one_failure(self):
        code, lines = report(("a_test", "fail", GOOGLE + "[ RUN      ] A.B\n", ""))
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed"))

    def test_counts_a_failed_exit_after_passed_tests_as_a_failure(self):
        code, lines = report(("a_test", "fail", GOOGLE + "[  PASSED  ] 3 tests.\n", ""))
        self.assertEqual((code, lines[-1]), (1, "3 passed, 1 failed"))

    def test_counts_a_binary_that_is_missing_as_a_failure(self):
        code, lines = report(("a_test", "notrun", "", "Unable to find executable"))
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed"))

    def test_counts_a_binary_without_tests_as_a_failure(self):
        code, lines = report(("a_test", "run", "[==========] 0 tests\n[  PASSED  ] 0 tests.\n", ""))
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed"))

    def test_does_not_count_what_a_suite_skipped(self):
        code, lines = report(("a_test", "notrun", "", "SKIP_RETURN_CODE=77"),
                             ("b_test", "run", GOOGLE + "[  PASSED  ] 2 tests.\n"
                              "[  SKIPPED ] 1 test, listed below:\n", ""))
        self.assertEqual((code, lines[-1]), (0, "2 passed, 0 failed"))

    def test_counts_python_suites_and_single_checks(self):
        code, lines = report(("house.tidy", "run", "Ran 48 tests in 0.2s\n\nOK\n", ""),
                             ("house.links", "run", "house links: 3 checked, 0 violations\n", ""),
                             ("fuzz.frame_fuzz", "run", "fuzz frame_fuzz: corpus 1 files, 9 runs, seed 1, ok\n", ""))
        self.assertEqual((code, lines[-1]), (0, "50 passed, 0 failed"))
        self.assertTrue(any(line.startswith("house ") and " 49 " in line for line in lines))

    def test_counts_failures_of_python_suites(self):
        code, lines = report(("house.tidy", "fail", "Ran 5 tests in 0.2s\n\nFAILED (failures=1, errors=1)\n", ""))
        self.assertEqual((code, lines[-1]), (1, "3 passed, 2 failed"))


if __name__ == "__main__":
    unittest.main()
