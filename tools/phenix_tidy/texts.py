"""What must not be left lying in any text: leftovers, dead code, traces of one machine, dead links."""
import re

from registry import rule

_OWN_TESTS = ("tools/phenix_tidy/", "tools/phenix_tidy_test.py")


def _texts(tree):
    return [file for file in tree.files if not str(file.path).startswith(_OWN_TESTS)]


def _search_lines(files, pattern, findings, say):
    for file in files:
        findings.checked += 1
        for number, line in enumerate(file.lines, 1):
            match = pattern.search(line)
            if match:
                findings.add(file.path, number, say(match))


@rule("leftovers", "no FIXME, XXX or HACK; a TODO carries its number: TODO(#12)")
def check_leftovers(tree, findings):
    pattern = re.compile(r"\b(?:FIXME|XXX|HACK)\b|\bTODO\b(?!\(#\d+\))")
    _search_lines(_texts(tree), pattern, findings, lambda match: f"left over: {match.group(0)}")


@rule("machine-paths", "no absolute path of the machine it was written on")
def check_paths(tree, findings):
    pattern = re.compile(r"(?<![\w.$}>)/-])/(?:work|home|root|Users)/\w[\w./-]*")
    _search_lines(_texts(tree), pattern, findings, lambda match: f"path of one machine: {match.group(0)}")


@rule("registry-hosts", "no package registry or mirror by host name: the machine's own configuration rules")
def check_hosts(tree, findings):
    pattern = re.compile(r"(?:deb|ftp[\w.]*|security)\.debian\.org|registry\.npmjs\.org|pypi\.org"
                         r"|pythonhosted\.org|index\.crates\.io|proxy\.golang\.org|rubygems\.org"
                         r"|\bartifactory\b", re.IGNORECASE)
    _search_lines(_texts(tree), pattern, findings, lambda match: f"host of a registry: {match.group(0)}")


_CODE_LINE = re.compile(
    r"^(?:(?:return|delete|throw|goto|break|continue)\b[^.]*;"
    r"|#\s*(?:include|if|ifdef|endif|define)\b.*"
    r"|(?:if|for|while|switch)\s*\(.*\)\s*\{?"
    r"|[\w:<>,&*\s\[\]\"().+-]*(?:=|\(|->|::)[^.]*;"
    r"|\}(?:\s*else\s*\{)?)$")


@rule("dead-code", "no commented-out code and no #if 0")
def check_dead_code(tree, findings):
    for file in tree.cpp_files:
        findings.checked += 1
        for number, line in enumerate(file.lines, 1):
            stripped = line.strip()
            if re.match(r"#\s*if\s+(?:0|false)\b", stripped):
                findings.add(file.path, number, "#if 0")
            # `///` and comments indented by two or more spaces are documentation with examples.
            comment = re.match(r"//( ?)(?![/ ])(.*)$", stripped)
            if comment and _CODE_LINE.match(comment.group(2).strip()):
                findings.add(file.path, number, f"commented-out code: {stripped}")


@rule("links", "a relative link in a document leads to a file that exists")
def check_links(tree, findings):
    for file in tree.files:
        if file.path.suffix != ".md":
            continue
        fenced = False
        for number, line in enumerate(file.lines, 1):
            fenced ^= line.lstrip().startswith("```")
            for target in [] if fenced else re.findall(r"\]\(([^)\s]+)\)", line):
                findings.checked += 1
                path = target.split("#")[0]
                if not path or re.match(r"[a-z]+:", target):
                    continue
                if not (tree.root / file.path.parent / path).exists():
                    findings.add(file.path, number, f"dead link: {target}")


@rule("named-files", "a source file that a document names in `code` exists")
def check_named_files(tree, findings):
    endings = set()
    for file in tree.files:
        parts = file.path.parts
        endings.update("/".join(parts[start:]) for start in range(len(parts)))
    for file in tree.files:
        if file.path.suffix != ".md":
            continue
        for number, line in enumerate(file.lines, 1):
            for name in re.findall(r"`([\w./-]+\.(?:h|cc|py|sh|cmake))`", line):
                findings.checked += 1
                if name not in endings:
                    findings.add(file.path, number, f"there is no file {name}")


@rule("pages-listed", "every page of docs/ is linked from the README.md of its folder or of docs/")
def check_pages(tree, findings):
    indexes = {file.path.parent: file.text for file in tree.under("docs") if file.path.name == "README.md"}
    for file in tree.under("docs"):
        if file.path.suffix != ".md" or file.path.name == "README.md":
            continue
        findings.checked += 1
        linked = any(f"({file.path.relative_to(folder)})" in text for folder, text in indexes.items()
                     if folder in file.path.parents)
        if not linked:
            findings.add(file.path, 1, f"not linked from {file.path.parent}/README.md or docs/README.md")


@rule("file-names", "files are snake_case; documents may also use dashes, top-level ones capitals")
def check_file_names(tree, findings):
    for file in tree.files:
        if file.path.suffix in (".h", ".cc", ".py", ".cmake"):
            findings.checked += 1
            good = r"[a-z][a-z0-9_]*|__\w+__" if file.path.suffix != ".cmake" else r"[A-Za-z]\w*"
            if not re.fullmatch(good, file.stem):
                findings.add(file.path, 1, f"{file.path.name} is not snake_case")
