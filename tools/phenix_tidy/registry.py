"""What a rule is, and the list of all of them."""
import importlib
from dataclasses import dataclass, field
from typing import Callable, NamedTuple

RULE_MODULES = ("rooms", "sizes", "names", "calls", "texts")


class Violation(NamedTuple):
    path: str
    line: int
    message: str


@dataclass
class Findings:
    """What one rule saw: how many things it looked at, and what was wrong with them."""
    checked: int = 0
    violations: list = field(default_factory=list)

    def add(self, path, line, message):
        self.violations.append(Violation(str(path), line, message))


@dataclass(frozen=True)
class Rule:
    name: str
    law: str
    check: Callable

    def run(self, tree):
        findings = Findings()
        self.check(tree, findings)
        return findings


_RULES = {}


def rule(name, law):
    """Registers `check(tree, findings)` under `name`; `law` is what it demands, in one sentence."""
    def register(check):
        _RULES[name] = Rule(name, law, check)
        return check
    return register


def all_rules():
    for module in RULE_MODULES:
        importlib.import_module(module)
    return dict(_RULES)
