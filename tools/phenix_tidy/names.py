"""Names that say nothing, and doors that are opened past the contract."""
import re

from registry import rule

EMPTY_SUFFIXES = ("Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common",
                  "Misc", "Data", "Info", "Handler", "Processor", "Base", "Impl")
EMPTY_FOLDERS = {"util", "utils", "common", "misc", "core", "helper", "helpers", "shared"}
_SUFFIX = re.compile(rf"\w*(?:{'|'.join(EMPTY_SUFFIXES)})$")
_DEFINITION = re.compile(
    r"\b(?:class|struct|union|enum(?:\s+class)?|concept)\s+(?:\[\[\w+\]\]\s*)?"
    r"(?:PHENIX_\w+(?:\s*\([^)]*\))?\s+)*([A-Z]\w*)\s*(?:final\s*)?(?::[^;{]*)?(?:\{|=)"
    r"|\busing\s+([A-Z]\w*)\s*=")
_FILE_SUFFIX = re.compile(rf"(?:^|_)(?:{'|'.join(name.lower() for name in EMPTY_SUFFIXES)})$")


@rule("empty-names", "no type, file or folder is called Manager, Helper, Util, Data, Info, Impl ...")
def check_suffixes(tree, findings):
    for file in tree.cpp_files:
        for match in _DEFINITION.finditer(file.code):
            findings.checked += 1
            name = match.group(1) or match.group(2)
            if _SUFFIX.match(name):
                findings.add(file.path, file.line_of(match.start()),
                             f"{name}: name the verb instead (Writer, Reader, Planner, Codec ...)")
        stem = re.sub(r"_(test|fuzz)$", "", file.stem)
        if _FILE_SUFFIX.search(stem) and stem != file.path.parent.name:
            findings.add(file.path, 1, f"{file.path.name}: the file's name says nothing")
        if EMPTY_FOLDERS & set(file.path.parts[:-1]):
            findings.add(file.path, 1, "the folder's name says nothing")


@rule("friends", "tests go through the contract: no friend for them, no private made public")
def check_friends(tree, findings):
    pattern = re.compile(r"\bfriend\s+(?:class|struct)\s+\w*(?:Test|Peer|Fixture|Testing)\b|\bFRIEND_TEST\b"
                         r"|#\s*define\s+(?:private|protected)\s+public")
    for file in tree.cpp_files:
        findings.checked += 1
        for match in pattern.finditer(file.code):
            findings.add(file.path, file.line_of(match.start()), f"`{match.group(0)}`")


@rule("using-namespace", "no using-directive, but for literals")
def check_using(tree, findings):
    for file in tree.cpp_files:
        findings.checked += 1
        for match in re.finditer(r"\busing\s+namespace\s+([\w:]+)\s*;", file.code):
            if match.group(1).endswith("literals") and file.path.suffix == ".cc":
                continue
            findings.add(file.path, file.line_of(match.start()), f"`{match.group(0)}`")


@rule("include-guards", "a header is guarded by its path: LOG_FRAME_H_ for src/log/frame.h")
def check_guards(tree, findings):
    for file in tree.cpp_files:
        if file.path.suffix != ".h":
            continue
        findings.checked += 1
        inside = file.path.relative_to(file.path.parts[0])
        if file.path.parts[0] not in ("src", "include"):
            inside = file.path
        guard = re.sub(r"[^A-Z0-9]", "_", str(inside).upper()) + "_"
        if not re.search(rf"#ifndef {guard}\n#define {guard}\n", file.text):
            findings.add(file.path, 1, f"expected the include guard {guard}")
