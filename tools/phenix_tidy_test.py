"""Every rule of phenix_tidy sees a planted violation, and is silent about clean code.

    python3 tools/phenix_tidy_test.py
"""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "phenix_tidy"))
sys.dont_write_bytecode = True

import registry  # noqa: E402
from cpp_outline import Outline, count_parameters  # noqa: E402
from source_tree import Tree, strip_comments  # noqa: E402

TOP = "foreach(room base log storage)\nendforeach()\n"
CLEAN = {
    "CMakeLists.txt": TOP,
    "README.md": "[the map](src/base/README.md)\n",
    "include/phenix/status.h": "#ifndef PHENIX_STATUS_H_\n#define PHENIX_STATUS_H_\n#include <string>\n#endif\n",
    "src/base/CMakeLists.txt": "phenix_module(base SOURCES bytes.cc HEADERS bytes.h)\n",
    "src/base/README.md": "# base\nInvariant: none.\n",
    "src/base/bytes.h": "#ifndef BASE_BYTES_H_\n#define BASE_BYTES_H_\n#endif\n",
    "src/base/bytes.cc": '#include "base/bytes.h"\n',
    "src/log/CMakeLists.txt": "phenix_module(log\n  SOURCES frame.cc\n  DEPENDS base)\n",
    "src/log/README.md": "# log\nInvariants: positions only grow.\n",
    "src/log/frame.cc": '#include "base/bytes.h"\n#include "phenix/status.h"\nint Frame(int a) { return a; }\n',
}


def violations(rule, changes):
    """Runs `rule` on the clean tree with `changes` ({path: text}; None removes a file)."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {**CLEAN, **changes}.items():
            if text is None:
                continue
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return registry.all_rules()[rule].run(Tree(folder)).violations


def lines(count):
    return "\n" * count


def statements(count):
    return "  x();\n" * count


def header(path, body):
    guard = path.upper().replace("/", "_").replace(".", "_") + "_"
    return f"#ifndef {guard}\n#define {guard}\n{body}\n#endif\n"


# rule: (planted change, path that must be reported)
PLANTED = {
    "room-order": [
        ({"src/base/CMakeLists.txt": "phenix_module(base SOURCES bytes.cc DEPENDS log)"}, "src/base"),
        ({"src/log/CMakeLists.txt": "phenix_module(log SOURCES frame.cc DEPENDS nowhere)"}, "src/log"),
        ({"src/attic/CMakeLists.txt": "phenix_module(attic)"}, "src/attic"),
        ({"CMakeLists.txt": TOP.replace("log", "index"),
          "src/index/a/CMakeLists.txt": "phenix_module(index/a DEPENDS index/b)",
          "src/index/b/CMakeLists.txt": "phenix_module(index/b)"}, "src/index/a"),
    ],
    "room-cycles": [
        ({"src/base/CMakeLists.txt": "phenix_module(base SOURCES bytes.cc DEPENDS log)"}, "src/base"),
    ],
    "room-includes": [
        ({"src/base/bytes.cc": '#include "log/frame.h"\n', "src/log/frame.h": ""}, "src/base/bytes.cc"),
        ({"src/log/frame.cc": '#include "frame.h"\n'}, "src/log/frame.cc"),
        ({"src/log/frame.cc": '#include "../base/bytes.h"\n'}, "src/log/frame.cc"),
        ({"src/attic/x.cc": "\n"}, "src/attic/x.cc"),
    ],
    "public-includes": [
        ({"include/phenix/status.h": '#include "base/bytes.h"\n'}, "include/phenix/status.h"),
        ({"include/phenix/status.h": "#include <rocksdb/db.h>\n"}, "include/phenix/status.h"),
    ],
    "room-card": [
        ({"src/log/README.md": None}, "src/log/README.md"),
        ({"src/log/README.md": "Invariants" + lines(31)}, "src/log/README.md"),
        ({"src/log/README.md": "# log\n"}, "src/log/README.md"),
    ],
    "headers-used": [
        ({"src/log/lonely.h": "", "src/log/lonely.cc": '#include "log/lonely.h"\n',
          "src/log/lonely_test.cc": '#include "log/lonely.h"\n'}, "src/log/lonely.h"),
    ],
    "files-listed": [({"src/log/forgotten.cc": ""}, "src/log/forgotten.cc")],
    "file-size": [
        ({"src/log/frame.cc": lines(501)}, "src/log/frame.cc"),
        ({"src/log/frame_test.cc": lines(801)}, "src/log/frame_test.cc"),
        ({"tools/long.py": lines(501)}, "tools/long.py"),
    ],
    "face-size": [({"src/log/log.h": lines(201)}, "src/log/log.h")],
    "function-size": [
        ({"src/log/frame.cc": "void F() {\n" + statements(69) + "}\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "namespace a {\nA::A(int b)\n    : b_(b), c_{b} {\n" + statements(69) + "}\n}\n"},
         "src/log/frame.cc"),
    ],
    "parameters": [
        ({"src/log/frame.cc": "int F(int a, int b, int c, int d, int e, int f) { return a; }\n"},
         "src/log/frame.cc"),
    ],
    "nesting": [
        ({"src/log/frame.cc": "void F() { if (a) { for (;;) { while (b) { if (c) { x(); } } } } }\n"},
         "src/log/frame.cc"),
    ],
    "class-size": [
        ({"src/log/big.h": "class Big {\n public:\n" + "".join(f"  int M{i}() const;\n" for i in range(13)) + "};\n"},
         "src/log/big.h"),
        ({"src/log/big.h": "class Big {\n" + "".join(f"  int m{i}_ = 0;\n" for i in range(11)) + "};\n"},
         "src/log/big.h"),
    ],
    "folder-size": [
        ({f"src/log/part_{i}.cc": "" for i in range(21)}, "src/log"),
        ({"src/log/a/b/c/deep.cc": ""}, "src/log/a/b/c"),
    ],
    "empty-names": [
        ({"src/log/frame.cc": "class FrameManager {\n};\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "struct FrameInfo : Other {\n};\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "using FrameData = int;\n"}, "src/log/frame.cc"),
        ({"src/log/frame_util.cc": ""}, "src/log/frame_util.cc"),
        ({"src/log/common/frame.cc": ""}, "src/log/common/frame.cc"),
    ],
    "friends": [
        ({"src/log/frame.cc": "class A { friend class FrameTest; };\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "#define private public\n"}, "src/log/frame.cc"),
    ],
    "using-namespace": [({"src/log/frame.cc": "using namespace std;\n"}, "src/log/frame.cc")],
    "include-guards": [({"src/log/frame.h": "#pragma once\n"}, "src/log/frame.h")],
    "banned-calls": [
        ({"src/log/frame.cc": f"void F() {{\n  {call};\n}}\n"}, "src/log/frame.cc")
        for call in ("std::filesystem::remove(p)", "std::ofstream out(p)", "std::chrono::system_clock::now()",
                     "auto t = steady_clock::now()", "std::this_thread::sleep_for(d)", "std::random_device d",
                     "int x = rand()", "::open(p, 0)", "if (fsync(fd) != 0) return", "return write(fd, p, 1)",
                     "unlink(p)", "time(nullptr)", "usleep(3)", "int s = socket(AF_INET, 0, 0)",
                     "std::rename(a, b)")
    ],
    "raw-mutexes": [({"src/log/frame.cc": "std::mutex m;\n"}, "src/log/frame.cc")],
    "leftovers": [
        ({"src/log/frame.cc": "// FIXME later\n"}, "src/log/frame.cc"),
        ({"docs/a.md": "TODO: write\n"}, "docs/a.md"),
    ],
    "machine-paths": [({"docs/a.md": "see /home/someone/phenix\n"}, "docs/a.md")],
    "registry-hosts": [({"tools/a.sh": "curl https://pypi.org/simple\n"}, "tools/a.sh")],
    "dead-code": [
        ({"src/log/frame.cc": "// frame.Append(record);\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "  // if (frame.ok()) {\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "// return true;\n"}, "src/log/frame.cc"),
        ({"src/log/frame.cc": "#if 0\nint x;\n#endif\n"}, "src/log/frame.cc"),
    ],
    "links": [({"README.md": "[gone](docs/gone.md)\n"}, "README.md")],
    "named-files": [({"docs/README.md": "see `log/gone.cc`\n"}, "docs/README.md")],
    "pages-listed": [({"docs/formats/frame.md": "", "docs/formats/README.md": "frame.md\n"}, "docs/formats/frame.md"),
                     ({"docs/decisions/0001-a.md": ""}, "docs/decisions/0001-a.md")],
    "file-names": [({"src/log/FrameReader.cc": ""}, "src/log/FrameReader.cc")],
}

# Code that looks like a violation and is none: {rule: [changes]}
INNOCENT = {
    "room-includes": [{"src/log/frame.cc": '// #include "storage/x.h"\n#include <vector>\n'}],
    "function-size": [{"src/log/frame.cc": "void F() {\n" + statements(68) + "}\nstruct S {\n" +
                       "  int a = 0;\n" * 90 + "};\n"}],
    "file-size": [{"src/log/frame_test.cc": lines(800)}],
    "parameters": [{"src/log/frame.cc": "int F(std::map<int, int> a, int (*b)(int, int), std::pair<A, B> c) { g(1, 2, 3, 4, 5, 6); }\n"
                                        "class A : B { int F(int a, int b, int c, int d, int e, int f) override { return a; } };\n"}],
    "nesting": [{"src/log/frame.cc": "void F() { if (a) { for (;;) { while (b) { x({1, 2}); } } } else if (c) { y(); } }\n"}],
    "class-size": [{"src/log/big.h": "struct Options {\n" + "".join(f"  int m{i} = 0;\n" for i in range(30)) + "};\n"},
                   {"src/log/big.h": "class Big : public Bigger {\n public:\n" + "".join(
                       f"  int M{i}() const override;\n" for i in range(20)) + "};\n"}],
    "empty-names": [{"src/log/frame.cc": "class Handle {\n};\nstruct Database {\n};\n// class FooManager {\n"}],
    "using-namespace": [{"src/log/frame.cc": "using namespace std::chrono_literals;\n"}],
    "friends": [{"src/log/frame.cc": "class A { friend bool operator==(A, A); };\n"}],
    "banned-calls": [
        {"src/log/frame.cc": "bool read(int a);\nvoid G() { file.write(p); file->open(q); Reader::read(x); opened(1); }\n"},
        {"src/log/frame.cc": 'const char* kText = "rand()";  // system_clock::now\n'},
        {"src/log/frame.cc": "void F(Writer write) {\n  write(1);\n}\n"},
        {"src/io/posix.cc": "int F() { return ::fsync(3); }\n"},
        {"src/log/frame_test.cc": "void F() { std::filesystem::remove_all(p); }\n"},
        {"src/log/scratch.h": "void F() { std::filesystem::remove_all(p); }\n",
         "src/log/frame_test.cc": '#include "log/scratch.h"\n'},
    ],
    "leftovers": [{"src/log/frame.cc": "// TODO(#12): shorter frames\n"}],
    "machine-paths": [{"docs/a.md": "https://example.org/home/x and ./work/x and $HOME/work/x\n"}],
    "dead-code": [{"src/log/frame.cc": "// Positions grow; a record is visible after its sync.\n"
                                       "//   writer.Append(record);\n/// log.Open(path);\n"
                                       "// The caller (any thread) waits; then it retries.\n"}],
    "links": [{"README.md": "[web](https://example.org) [here](#top)\n```\n[x](y)\n```\n"}],
    "named-files": [{"docs/README.md": "see `log/frame.cc`, `frame.cc`, `src/log/frame.cc` and frame_x.cc\n"}],
    "headers-used": [{"src/log/frame.h": "", "src/log/writer.cc": '#include "log/frame.h"\n'}],
}


class EveryRule(unittest.TestCase):
    def test_is_silent_on_a_clean_tree(self):
        for name in registry.all_rules():
            if name != "headers-used":
                self.assertEqual(violations(name, {}), [], name)

    def test_has_a_planted_violation(self):
        self.assertEqual(set(PLANTED), set(registry.all_rules()))

    def test_checks_at_least_one_thing_on_a_clean_tree(self):
        for name, rule in registry.all_rules().items():
            if name == "face-size":
                continue
            with tempfile.TemporaryDirectory() as folder:
                for path, text in CLEAN.items():
                    Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                    Path(folder, path).write_text(text, encoding="utf-8")
                findings = rule.run(Tree(folder))
            if name not in ("class-size", "empty-names", "pages-listed", "named-files"):
                self.assertGreater(findings.checked, 0, name)


class Planted(unittest.TestCase):
    """Filled below: one test per rule."""


class Innocent(unittest.TestCase):
    """Filled below: one test per rule."""


def _planted_test(rule, cases):
    def test(self):
        for changes, path in cases:
            found = violations(rule, changes)
            self.assertTrue(any(str(one.path).startswith(path) for one in found),
                            f"{rule} misses {changes}: {found}")
    return test


def _innocent_test(rule, cases):
    def test(self):
        for changes in cases:
            self.assertEqual(violations(rule, changes), [], f"{rule} blames {changes}")
    return test


for _rule, _cases in PLANTED.items():
    setattr(Planted, f"test_{_rule.replace('-', '_')}_is_caught", _planted_test(_rule, _cases))
for _rule, _cases in INNOCENT.items():
    setattr(Innocent, f"test_{_rule.replace('-', '_')}_is_left_alone", _innocent_test(_rule, _cases))


class OutlineOfCode(unittest.TestCase):
    def test_finds_functions_with_their_lines_and_parameters(self):
        outline = Outline(strip_comments(
            "namespace a {\n"
            "template <typename T, int N>\nResult<std::map<A, B>> Foo<T>::Bar(int a,\n  T b) const {\n  x();\n}\n"
            "bool operator==(const A& a, const A& b) { return a.x == b.x; }\n"
            "A::A() : b_(1), c_{2} {}\n"
            "class PHENIX_CAPABILITY(\"m\") M : public N {\n public:\n"
            "  explicit M(int a) PHENIX_ACQUIRE(a) : a_(a) { a_.f(); }\n"
            "  int size() const { return 1; }\n"
            "  int F(Options o = {}) { return 1; }\n"
            " private:\n  std::function<void(int, int)> f_ PHENIX_GUARDED_BY(m_);\n  int a_ = 3;\n  int b_{};\n"
            "  void P();\n};\n}\n"))
        self.assertEqual([(f.name, f.lines, f.parameters) for f in outline.functions],
                         [("Bar", 5, 2), ("operator==", 1, 2), ("A::A", 1, 0), ("M", 1, 1),
                          ("size", 1, 0), ("F", 1, 1)])
        self.assertEqual(outline.classes[0].name, "M")
        self.assertEqual(outline.classes[0].public_methods, {"size", "F"})
        self.assertEqual(outline.classes[0].members, ["f_", "a_", "b_"])

    def test_counts_a_lambda_into_the_length_but_not_into_the_nesting_of_its_function(self):
        outline = Outline("void F() {\n  run([&](int a) {\n    if (a) {\n      b();\n    }\n  });\n"
                          "  for (int i = 0; i < 3; ++i) {\n    c();\n  }\n}\n")
        self.assertEqual([(f.name, f.lines, f.nesting) for f in outline.functions], [("F", 10, 1)])

    def test_counts_parameters_not_template_arguments(self):
        for text, count in (("", 0), ("void", 0), ("int a", 1), ("std::map<A, B> m, int b", 2),
                            ("F<void(int, int)> f, G g = {1, 2}", 2)):
            self.assertEqual(count_parameters(text), count, text)

    def test_strips_comments_and_strings_but_keeps_lines(self):
        text = 'a; // x\n"b // c" /* d\ne */ R"(f // g)" 1\'000 \'"\' h\n'
        stripped = strip_comments(text)
        self.assertEqual(stripped.count("\n"), text.count("\n"))
        self.assertEqual(len(stripped), len(text))
        for gone in "xcdefg":
            self.assertNotIn(gone, stripped)
        self.assertIn("h", stripped)


if __name__ == "__main__":
    planted = sum(len(cases) for cases in PLANTED.values())
    innocent = sum(len(cases) for cases in INNOCENT.values())
    print(f"phenix_tidy: {len(PLANTED)} rules, {planted} planted violations, {innocent} innocent look-alikes")
    unittest.main(verbosity=1)
