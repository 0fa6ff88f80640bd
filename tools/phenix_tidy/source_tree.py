"""The files of the repository as the rules see them: text, code without comments, rooms."""
import functools
import os
import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple

SKIPPED_FOLDERS = {".git", "build", "data", "node_modules", "__pycache__", ".cache", "corpus"}
CPP_SUFFIXES = {".h", ".cc"}
TEXT_SUFFIXES = CPP_SUFFIXES | {".md", ".py", ".sh", ".txt", ".cmake", ".json", ".yaml", ".yml",
                                ".proto", ".ts", ".js", ".go", ".rs", ".rb", ".html", ".css"}
TEXT_NAMES = {"dev", "run", "Dockerfile", ".clang-format", ".clang-tidy", ".gitignore"}

_TOKEN = re.compile(
    r'(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<text>"(?:\\.|[^"\\\n])*")'
    r"|(?P<letter>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')",
    re.DOTALL)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def strip_comments(text, keep_strings=False):
    """`text` with comments (and string contents) replaced by blanks; lines and columns stay."""
    def replace(match):
        found = match.group(0)
        if match.lastgroup in ("line", "block"):
            return _blank(found)
        if keep_strings:
            return found
        return found[0] + _blank(found[1:-1]) + found[-1]
    return _TOKEN.sub(replace, text)


class SourceFile:
    def __init__(self, root, path):
        self.path = PurePosixPath(path)
        self.text = (root / path).read_text(encoding="utf-8", errors="replace")

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def code(self):
        return strip_comments(self.text)

    @functools.cached_property
    def code_lines(self):
        return self.code.splitlines()

    @functools.cached_property
    def includes(self):
        """(line number, path, is_quoted) of each include."""
        found = []
        pattern = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')
        for number, line in enumerate(strip_comments(self.text, keep_strings=True).splitlines(), 1):
            match = pattern.match(line)
            if match:
                found.append((number, match.group(2), match.group(1) == '"'))
        return found

    @property
    def stem(self):
        return self.path.name.split(".")[0]

    @property
    def is_cpp(self):
        return self.path.suffix in CPP_SUFFIXES

    @functools.cached_property
    def is_test(self):
        """By name; the tree also sets it for headers that only tests include."""
        return (self.path.parts[0] == "tests" or self.stem.startswith("test_")
                or self.stem.endswith(("_test", "_fuzz", "_benchmark", "_fixture")))

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


class Room(NamedTuple):
    name: str          # "storage", "index/vector"
    folder: str        # "src/storage"
    line: int
    depends: tuple
    test_depends: tuple


class Tree:
    def __init__(self, root):
        self.root = Path(root)

    @functools.cached_property
    def files(self):
        found = []
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
            for name in sorted(names):
                path = Path(folder, name)
                if path.is_symlink() or not (path.suffix in TEXT_SUFFIXES or name in TEXT_NAMES):
                    continue
                found.append(SourceFile(self.root, path.relative_to(self.root).as_posix()))
        self.mark_test_headers(found)
        return found

    @functools.cached_property
    def cpp_files(self):
        return [file for file in self.files if file.is_cpp]

    def mark_test_headers(self, files):
        """A header that tests include, and nobody else, is a test as well."""
        users = {}
        for file in files:
            for _, path, quoted in file.includes if file.is_cpp else ():
                if quoted:
                    users.setdefault(path, []).append(file)
        headers = [file for file in files if file.path.suffix == ".h" and not file.is_test]
        changed = True
        while changed:
            changed = False
            for header in headers:
                includers = users.get("/".join(header.path.parts[1:]), [])
                if not header.is_test and includers and all(user.is_test for user in includers):
                    header.is_test = changed = True

    def under(self, *folders):
        return [file for file in self.files if file.path.parts[0] in folders]

    @functools.cached_property
    def room_order(self):
        """Rooms in the order of the house: the list in the top CMakeLists.txt."""
        top = self._cmake_code("CMakeLists.txt")
        match = re.search(r"foreach\(\s*room\s+([^)]*)\)", top)
        return match.group(1).split() if match else []

    @functools.cached_property
    def rooms(self):
        found = {}
        for file in self.files:
            if file.path.name != "CMakeLists.txt" or file.path.parts[0] != "src":
                continue
            for room in self._rooms_in(file):
                found[room.name] = room
        return found

    def room_of(self, path):
        """The room that owns a path like "log/frame.h" or "index/vector/run.h", or None."""
        parts = PurePosixPath(path).parts
        for length in range(len(parts) - 1, 0, -1):
            name = "/".join(parts[:length])
            if name in self.rooms:
                return name
        return None

    def _cmake_code(self, path):
        for file in self.files:
            if str(file.path) == path:
                return re.sub(r"#[^\n]*", "", file.text)
        return ""

    def _rooms_in(self, file):
        code = re.sub(r"#[^\n]*", "", file.text)
        keywords = "THROWS|SOURCES|HEADERS|TESTS|FUZZERS|DEPENDS|LIBRARIES|TEST_LIBRARIES|TEST_LABELS"
        for match in re.finditer(r"phenix_module\(\s*([\w/]+)([^)]*)\)", code):
            lists = re.split(rf"\b({keywords})\b", match.group(2))
            values = dict(zip(lists[1::2], (part.split() for part in lists[2::2])))
            tests = [name[len("phenix_"):] for name in values.get("TEST_LIBRARIES", [])
                     if name.startswith("phenix_")]
            folder = "src/" + match.group(1)
            yield Room(match.group(1), folder, code.count("\n", 0, match.start()) + 1,
                       tuple(values.get("DEPENDS", [])), tuple(tests))
