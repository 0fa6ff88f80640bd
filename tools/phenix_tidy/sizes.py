"""Sizes: what does not fit on a screen is split along a noun, never granted a larger limit."""
from cpp_outline import Outline
from registry import rule

FILE_LINES_MAX = 500
TEST_LINES_MAX = 800
FACE_LINES_MAX = 200
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 5
NESTING_MAX = 3
CONCEPTS_MAX = 20
DEPTH_MAX = 3
PUBLIC_METHODS_MAX = 12
MEMBERS_MAX = 10
CODE_SUFFIXES = {".h", ".cc", ".py", ".sh", ".proto", ".ts", ".js", ".go", ".rs", ".rb"}


@rule("file-size", f"a file has at most {FILE_LINES_MAX} lines, a test {TEST_LINES_MAX}")
def check_files(tree, findings):
    for file in tree.files:
        if file.path.suffix not in CODE_SUFFIXES and file.path.name != "dev":
            continue
        findings.checked += 1
        limit = TEST_LINES_MAX if file.is_test else FILE_LINES_MAX
        if len(file.lines) > limit:
            findings.add(file.path, limit, f"{len(file.lines)} lines, at most {limit}")


@rule("face-size", f"the header named after its room has at most {FACE_LINES_MAX} lines")
def check_faces(tree, findings):
    for file in tree.under("src"):
        if file.path.suffix != ".h" or file.stem != file.path.parent.name:
            continue
        findings.checked += 1
        if len(file.lines) > FACE_LINES_MAX:
            findings.add(file.path, FACE_LINES_MAX,
                         f"{len(file.lines)} lines, at most {FACE_LINES_MAX}")


def _outline(file):
    if not hasattr(file, "outline"):
        file.outline = Outline(file.code)
    return file.outline


@rule("function-size", f"a function has at most {FUNCTION_LINES_MAX} lines")
def check_functions(tree, findings):
    for file in tree.cpp_files:
        for function in _outline(file).functions:
            findings.checked += 1
            if function.lines > FUNCTION_LINES_MAX:
                findings.add(file.path, function.first_line,
                             f"{function.name} has {function.lines} lines, "
                             f"at most {FUNCTION_LINES_MAX}")


@rule("parameters", f"a function that overrides none takes at most {PARAMETERS_MAX} parameters")
def check_parameters(tree, findings):
    for file in tree.cpp_files:
        for function in _outline(file).functions:
            findings.checked += 1
            if function.parameters > PARAMETERS_MAX and not function.is_override:
                findings.add(file.path, function.first_line,
                             f"{function.name} takes {function.parameters} parameters, at most "
                             f"{PARAMETERS_MAX}: name an options struct")


@rule("nesting", f"control statements nest at most {NESTING_MAX} deep")
def check_nesting(tree, findings):
    for file in tree.cpp_files:
        for function in _outline(file).functions:
            findings.checked += 1
            if function.nesting > NESTING_MAX:
                findings.add(file.path, function.first_line,
                             f"{function.name} nests {function.nesting} deep, at most {NESTING_MAX}")


@rule("class-size", f"a class adds at most {PUBLIC_METHODS_MAX} public methods and {MEMBERS_MAX} members")
def check_classes(tree, findings):
    for file in tree.cpp_files:
        for cls in _outline(file).classes:
            if cls.keyword != "class" or file.is_test:
                continue
            findings.checked += 1
            for count, limit, noun in (
                    (len(cls.public_methods), PUBLIC_METHODS_MAX, "public methods"),
                    (len(cls.members), MEMBERS_MAX, "members")):
                if count > limit:
                    findings.add(file.path, cls.line,
                                 f"class {cls.name} has {count} {noun}, at most {limit}")


@rule("folder-size", f"a folder holds at most {CONCEPTS_MAX} concepts, src/ is at most {DEPTH_MAX} deep")
def check_folders(tree, findings):
    concepts = {}
    for file in tree.cpp_files:
        known = concepts.setdefault(file.path.parent, set())
        if not file.is_test:  # the tests of a concept belong to it
            known.add(file.stem)
    for folder, found in concepts.items():
        findings.checked += 1
        if len(found) > CONCEPTS_MAX:
            findings.add(folder, 1, f"{len(found)} concepts, at most {CONCEPTS_MAX}: open a room")
        if folder.parts[0] == "src" and len(folder.parts) > DEPTH_MAX + 1:
            findings.add(folder, 1, f"deeper than {DEPTH_MAX} folders under src/")
