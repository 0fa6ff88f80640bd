"""An outline of a C++ file by its braces: functions with their size, classes with their members.

Not a parser: it reads code that clang-format has laid out and that compiles, and is wrong only
about macros that open braces of their own. clang-tidy checks the same limits exactly, but slowly.
"""
import bisect
import re
from dataclasses import dataclass, field

_CONTROL = re.compile(r"^(?:(?:case\b[^;]*|default)\s*:\s*)*(?:else\s+)?"
                      r"(if|for|while|switch|do|else|try|catch)\b")
_TYPE = re.compile(r"^(class|struct|union|enum)\b")
_LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:\(.*\)\s*)?(?:mutable|noexcept|constexpr|\s|PHENIX_\w+\([^)]*\))*"
                     r"(?:->[^;{}]*)?$", re.DOTALL)
_ACCESS = re.compile(r"\b(public|private|protected)\s*:(?!:)")
_NOT_A_NAME = {"explicit", "noexcept", "alignas", "decltype", "requires", "__attribute__", "throw"}


@dataclass
class Function:
    name: str
    first_line: int
    last_line: int
    parameters: int
    is_override: bool = False  # its shape is another's decision
    nesting: int = 0

    @property
    def lines(self):
        return self.last_line - self.first_line + 1


@dataclass
class Class:
    keyword: str
    name: str
    line: int
    public_methods: set = field(default_factory=set)
    members: list = field(default_factory=list)


@dataclass
class _Frame:
    kind: str                 # file, namespace, type, function, lambda, control, block, braces
    parens: int = 0           # open parentheses when the frame began
    function: Function = None
    nesting: int = 0
    cls: Class = None
    access: str = ""
    keeps_head: bool = False


def _without_preprocessor(code):
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, code, flags=re.MULTILINE)


def _strip_template(head):
    while True:
        match = re.match(r"template\s*<", head)
        if not match:
            return head
        depth, at = 1, match.end()
        while depth and at < len(head):
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            at += 1
        head = head[at:].lstrip()


def _matching(text, opening):
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def _signature(head):
    """(name, parameter text) of a function head, or None when it is none."""
    head = _strip_template(head)
    at = 0
    while True:
        match = re.compile(r"(operator\s*(?:\(\)|[^\s\w(]+|[\w:<>*& ]+?)|~?[A-Za-z_][\w:]*(?:<[^()]*>)?)\s*\(").search(head, at)
        if not match:
            return None
        before = head[:match.start()]
        if re.search(r"(?<![=!<>])=(?![=])", re.sub(r"operator\s*\S*", "", before)):
            return None
        end = _matching(head, match.end() - 1)
        name = match.group(1)
        if name.split("<")[0] not in _NOT_A_NAME and not name.startswith("PHENIX_"):
            return name, head[match.end():end]
        at = end


def _is_override(head):
    return bool(re.search(r"\)[^()]*\b(?:override|final)\b", head))


def count_parameters(text):
    text = text.strip()
    if not text or text == "void":
        return 0
    depth, count = 0, 1
    for at, letter in enumerate(text):
        if letter in "(<[{":
            depth += 1
        elif letter in ")]}" or (letter == ">" and text[at - 1] != "-"):
            depth -= 1
        elif letter == "," and depth == 0:
            count += 1
    return count


class Outline:
    def __init__(self, code):
        self.functions = []
        self.classes = []
        self._code = _without_preprocessor(code)
        self._frames = [_Frame("file")]
        self._head_start = 0
        self._parens = 0
        self._newlines = [at for at, letter in enumerate(self._code) if letter == "\n"]
        self._scan()

    def _line(self, offset):
        return bisect.bisect_left(self._newlines, offset) + 1

    def _scan(self):
        for match in re.finditer(r"[(){};]", self._code):
            at, letter = match.start(), match.group(0)
            if letter == "(":
                self._parens += 1
            elif letter == ")":
                self._parens -= 1
            elif letter == "{":
                self._open(at)
            elif letter == "}":
                self._close(at)
            elif self._parens == self._frames[-1].parens:
                self._finish_statement(at)
                self._head_start = at + 1

    def _open(self, at):
        raw = self._code[self._head_start:at]
        head = raw.strip()
        offset = self._head_start + len(raw) - len(raw.lstrip())
        frame = self._classify(head, offset)
        frame.parens = self._parens
        self._frames.append(frame)
        if not frame.keeps_head:
            self._head_start = at + 1

    def _close(self, at):
        if len(self._frames) == 1:
            return
        frame = self._frames.pop()
        self._parens = frame.parens
        if frame.kind in ("function",) and frame.function:
            frame.function.last_line = self._line(at)
            self.functions.append(frame.function)
        if not frame.keeps_head:
            self._head_start = at + 1

    def _classify(self, head, offset):
        outer = self._frames[-1]
        whole = len(head)
        head, access = self._read_access(outer, head)
        offset += whole - len(head)
        bare = _strip_template(head)
        inside_parens = self._parens > outer.parens
        if outer.kind in ("file", "namespace", "type"):
            return self._classify_declaration(outer, head, bare, access, offset, inside_parens)
        return self._classify_statement(outer, head, inside_parens)

    def _classify_declaration(self, outer, head, bare, access, offset, inside_parens):
        if inside_parens:
            return _Frame("braces", keeps_head=True)
        if re.search(r"\bnamespace\b", bare) or re.match(r'extern\s*"', bare):
            return _Frame("namespace")
        if _TYPE.match(bare):
            return self._type_frame(bare, offset)
        signature = _signature(head)
        if signature is None or self._is_member_initializer(bare):
            return _Frame("braces", keeps_head=True)
        name, parameters = signature
        if outer.cls is not None:
            self._note_member(outer.cls, access, head)
        first = self._line(offset)
        function = Function(name, first, first, count_parameters(parameters), _is_override(head))
        return _Frame("function", function=function)

    def _classify_statement(self, outer, head, inside_parens):
        function, nesting = outer.function, outer.nesting
        if _LAMBDA.search(head) and not _CONTROL.match(head):
            return _Frame("lambda", function=function, keeps_head=inside_parens)
        if _CONTROL.match(head) and not inside_parens:
            function.nesting = max(function.nesting, nesting + 1)
            return _Frame("control", function=function, nesting=nesting + 1)
        if _TYPE.match(_strip_template(head)) and not inside_parens:
            return self._type_frame(_strip_template(head), 0)
        if not head or head.endswith(":"):
            return _Frame("block", function=function, nesting=nesting)
        return _Frame("braces", function=function, nesting=nesting, keeps_head=True)

    def _is_member_initializer(self, head):
        """`Type(...) : a_{` - a brace that initialises a member, not the body."""
        return bool(re.search(r"\)[^:]*(?<!:):(?!:).*[\w>]$", head, re.DOTALL))

    def _type_frame(self, head, offset):
        keyword = _TYPE.match(head).group(1)
        if keyword == "enum":
            return _Frame("braces")
        names = re.sub(r"\b(PHENIX_\w+|alignas|__attribute__)\s*\([^()]*(\([^()]*\))*\)", " ", head)
        names = re.sub(r"\[\[.*?\]\]|\bPHENIX_\w+", " ", names)
        match = re.match(r"(?:class|struct|union)\s+([\w:]+)", names)
        cls = Class(keyword, match.group(1) if match else "", self._line(offset))
        self.classes.append(cls)
        return _Frame("type", cls=cls, access="private" if keyword == "class" else "public")

    def _read_access(self, frame, head):
        if frame.kind == "type":
            found = list(_ACCESS.finditer(head))
            if found:
                frame.access = found[-1].group(1)
                head = head[found[-1].end():].strip()
        return head, frame.access

    def _finish_statement(self, at):
        frame = self._frames[-1]
        if frame.kind != "type":
            return
        head, access = self._read_access(frame, self._code[self._head_start:at].strip())
        if head:
            self._note_member(frame.cls, access, head)

    def _note_member(self, cls, access, head):
        head = _strip_template(re.sub(r"\[\[.*?\]\]", "", head).strip())
        if re.match(r"(using|typedef|friend|static_assert|static constexpr|class|struct|enum)\b", head):
            return
        plain = re.sub(r"\{.*\}$", "", head, flags=re.DOTALL)
        plain = re.sub(r"PHENIX_\w+\s*\([^)]*\)", "", plain)
        member = re.search(r"[\s*&>](\w+_)\s*(?:=(?!=).*|\[.*\])?$", plain, re.DOTALL)
        if member and not re.search(r"\boperator\b", plain):
            cls.members.append(member.group(1))
            return
        if re.search(r"=\s*(default|delete)\s*$", head):
            return
        signature = _signature(head)
        if signature is None or access != "public" or _is_override(head):
            return
        name = signature[0].split("::")[-1]
        if name.lstrip("~") != cls.name and not name.startswith("operator"):
            cls.public_methods.add(name)
