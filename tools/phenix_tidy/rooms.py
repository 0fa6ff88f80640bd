"""Room law: who may know whom, and whether every file of a room is declared and used."""
import re
from pathlib import PurePosixPath

from registry import rule

CARD_LINES_MAX = 30
OWN_FOLDERS = ("src", "tests", "bench", "cli", "sim", "samples", "tools")


def _head(room):
    return room.split("/")[0]


@rule("room-order", "a room depends only on rooms above it in the list of the top CMakeLists.txt")
def check_order(tree, findings):
    order = tree.room_order
    for room in tree.rooms.values():
        cmake = f"{room.folder}/CMakeLists.txt"
        if _head(room.name) not in order:
            findings.add(cmake, room.line, f"{room.name} is not in the list of rooms")
            continue
        for dependency in room.depends:
            findings.checked += 1
            message = _order_violation(order, room.name, dependency)
            if message:
                findings.add(cmake, room.line, message)


def _order_violation(order, room, dependency):
    if _head(dependency) not in order:
        return f"{room} depends on {dependency}, which is no room"
    if _head(dependency) == _head(room):
        if "/" in dependency:
            return f"{room} depends on {dependency}: siblings never meet"
        return None
    if order.index(_head(dependency)) > order.index(_head(room)):
        return f"{room} depends on {dependency}, which stands below it"
    return None


@rule("room-cycles", "no chain of dependencies comes back to where it began")
def check_cycles(tree, findings):
    state = {}

    def visit(name, path):
        if state.get(name) == "done" or name not in tree.rooms:
            return
        if state.get(name) == "open":
            room = tree.rooms[name]
            chain = " -> ".join(path[path.index(name):] + [name])
            findings.add(f"{room.folder}/CMakeLists.txt", room.line, f"cycle: {chain}")
            return
        state[name] = "open"
        for dependency in tree.rooms[name].depends:
            visit(dependency, path + [name])
        state[name] = "done"

    for name in sorted(tree.rooms):
        findings.checked += 1
        visit(name, [])


@rule("room-includes", "a room includes only rooms that its CMakeLists.txt declares, by full path")
def check_includes(tree, findings):
    for file in tree.under("src"):
        if not file.is_cpp:
            continue
        own = tree.room_of(file.path.relative_to("src"))
        if own is None:
            findings.add(file.path, 1, "belongs to no room: no phenix_module() in its folder")
            continue
        for line, path, quoted in file.includes:
            findings.checked += 1
            message = _include_violation(tree, file, own, path) if quoted else None
            if message:
                findings.add(file.path, line, message)


def _include_violation(tree, file, own, path):
    if path.startswith(("phenix/", "gtest/", "gmock/")):
        return None
    if path.startswith(("tests/", "sim/")):
        return None if file.is_test else f'"{path}": only tests may include this'
    other = tree.room_of(path)
    if other is None:
        known = any(str(known.path) == f"src/{path}" for known in tree.cpp_files)
        return None if known else f'"{path}" is not a path from src/ to a header of a room'
    room = tree.rooms[own]
    allowed = {own, *room.depends}
    if file.is_test:
        allowed |= set(room.test_depends)
    if other in allowed or other.replace("/", "_") in allowed:
        return None
    return f'"{path}": {own} does not declare {other} in DEPENDS'


@rule("public-includes", "include/ includes only phenix/ and system headers")
def check_public_includes(tree, findings):
    for file in tree.under("include"):
        for line, path, quoted in file.includes if file.is_cpp else ():
            findings.checked += 1
            if quoted and not path.startswith("phenix/"):
                findings.add(file.path, line, f'"{path}": a public header sees nothing of src/')
            if not quoted and not re.fullmatch(r"[a-z_0-9]+", path):
                findings.add(file.path, line, f"<{path}>: only headers of the C++ standard library")


@rule("room-card", f"every room has a README.md of at most {CARD_LINES_MAX} lines that names its invariants")
def check_card(tree, findings):
    texts = {str(file.path): file for file in tree.files}
    for room in tree.rooms.values():
        findings.checked += 1
        path = f"{room.folder}/README.md"
        card = texts.get(path)
        if card is None:
            findings.add(path, 1, "the room has no card")
        elif len(card.lines) > CARD_LINES_MAX:
            findings.add(path, CARD_LINES_MAX, f"{len(card.lines)} lines, at most {CARD_LINES_MAX}")
        elif "nvariant" not in card.text:
            findings.add(path, 1, "the card names no invariant")


@rule("headers-used", "every header is included by a file other than its own source and tests")
def check_headers_used(tree, findings):
    users = {}
    for file in tree.cpp_files:
        for _, path, _ in file.includes:
            users.setdefault(PurePosixPath(path).name, []).append((path, file))
    for file in tree.cpp_files:
        if file.path.suffix != ".h" or file.path.parts[0] not in OWN_FOLDERS:
            continue
        findings.checked += 1
        if not any(_is_user(file, path, user) for path, user in users.get(file.path.name, [])):
            findings.add(file.path, 1, "nobody includes this header")


def _is_user(header, included, user):
    if not str(header.path).endswith(included):
        return False
    # A pair of header and source alone is dead code, unless the source holds main() or a test entry.
    if user.path.parent == header.path.parent and user.stem == header.stem:
        return False
    return not (user.path.parent == header.path.parent and user.stem == header.stem + "_test")


@rule("files-listed", "every C++ file is named in a CMakeLists.txt, so that nothing lies about unbuilt")
def check_listed(tree, findings):
    lists = {str(file.path.parent): re.sub(r"#[^\n]*", "", file.text)
             for file in tree.files if file.path.name == "CMakeLists.txt"}
    for file in tree.cpp_files:
        if file.path.parts[0] not in OWN_FOLDERS or str(file.path) == "tests/fuzz/driver.cc":
            continue
        findings.checked += 1
        if file.path.suffix == ".h" and (file.path.parts[0] != "src" or file.is_test):
            continue
        if not any(_names(lists.get(str(folder), ""), file, folder) for folder in file.path.parents):
            findings.add(file.path, 1, "no CMakeLists.txt names this file")


def _names(cmake, file, folder):
    relative = str(file.path.relative_to(folder))
    return bool(re.search(rf"(?<![\w./]){re.escape(relative)}(?![\w.])", cmake)
                or re.search(rf"(?<![\w./]){re.escape(relative.rsplit('.', 1)[0])}(?![\w.])", cmake))
