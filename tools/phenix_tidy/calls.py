"""Calls that the simulator cannot reach, each with what to call instead."""
import re

from registry import rule

FILES = "use io::FileSystem"
CLOCK = "use io::Clock"
RANDOM = "use io::RandomSource"

# The scratch folders, inputs and timings of tests and tools are outside what the simulator owns.
EXEMPT_FOLDERS = ("tests", "tools", "samples", "bench")

_QUALIFIED = (
    (r"std::filesystem\b", FILES),
    (r"std::(?:basic_)?[io]?fstream\b", FILES),
    (r"\b(?:system|steady|high_resolution)_clock::now\b", CLOCK),
    (r"std::this_thread::sleep_(?:for|until)\b", CLOCK + "::SleepFor()"),
    (r"std::random_device\b", RANDOM),
    (r"std::(?:time|clock)\s*\(", CLOCK),
    (r"std::(?:rand|srand)\s*\(", RANDOM),
    (r"std::(?:fopen|fwrite|fread|remove|rename|tmpfile)\s*\(", FILES),
)
_BARE = {
    FILES: "open|openat|creat|close|read|pread|readv|preadv|write|pwrite|writev|pwritev|fsync|fdatasync|"
           "sync_file_range|ftruncate|truncate|fallocate|posix_fallocate|unlink|unlinkat|rename|"
           "renameat|link|symlink|mkdir|rmdir|opendir|readdir|stat|fstat|lstat|flock|mmap|msync|"
           "fopen|fwrite|fread|fflush|mkstemp|mkdtemp",
    CLOCK: "sleep|usleep|nanosleep|time|gettimeofday|clock_gettime|clock_nanosleep",
    RANDOM: "rand|srand|random|drand48|getrandom|getentropy",
    "use the sockets of io/": "socket|accept|accept4|recv|recvfrom|sendto|listen",
}
# `read(fd, ...)` and `::read(fd, ...)` are calls; `x.read(`, `bool read(` and `Foo::read(` are not.
_CALL = r"(?:(?<![\w>.:*&~])|(?<=[^\w>]::)|(?<=^::))({names})\s*\("
_NOT_A_DECLARATION = {"return", "else", "do", "co_return", "case", "and", "or", "not", "throw"}


def _is_declaration(line, start):
    """True for `bool read(`: a word before the name is its type."""
    before = re.search(r"([A-Za-z_]\w*)\s+$", line[:start])
    return bool(before) and before.group(1) not in _NOT_A_DECLARATION


def _local_names(code):
    """Names of parameters and variables that only look like the banned calls: `Writer write)`."""
    names = "|".join(_BARE.values())
    return set(re.findall(rf"[\w>&*]\s+[&*]*({names})\s*(?:[,)={{]|;)", code)) - {"return"}


def _banned_in(line, local_names):
    for pattern, instead in _QUALIFIED:
        match = re.search(pattern, line)
        if match:
            yield match.group(0), instead
    for instead, names in _BARE.items():
        for match in re.finditer(_CALL.format(names=names), line):
            if match.group(1) not in local_names and not _is_declaration(line, match.start()):
                yield match.group(0), instead


def _is_exempt(file):
    return file.is_test or file.path.parts[0] in EXEMPT_FOLDERS or file.path.parts[:2] == ("src", "io")


@rule("banned-calls", "no raw file, clock, random number, sleep or socket outside src/io")
def check_calls(tree, findings):
    for file in tree.cpp_files:
        if _is_exempt(file):
            continue
        findings.checked += 1
        local_names = _local_names(file.code)
        for number, line in enumerate(file.code_lines, 1):
            for call, instead in _banned_in(line, local_names):
                findings.add(file.path, number, f"`{call.strip()}`: {instead}")


@rule("raw-mutexes", "rooms use base::Mutex, which the thread safety analysis understands")
def check_mutexes(tree, findings):
    pattern = re.compile(r"std::(?:recursive_|timed_)?mutex\b|std::condition_variable\b"
                         r"|std::(?:lock_guard|unique_lock|scoped_lock)\b")
    for file in tree.under("src"):
        if not file.is_cpp or file.is_test or str(file.path) == "src/base/thread_annotations.h":
            continue
        findings.checked += 1
        for match in pattern.finditer(file.code):
            findings.add(file.path, file.line_of(match.start()),
                         f"`{match.group(0)}`: use base::Mutex, base::MutexLock")
