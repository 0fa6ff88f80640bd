"""The laws of the house, checked like any other test.

    python3 tools/phenix_tidy [--root DIR] [--rule NAME]... [--list]

Prints one line per rule and one line per violation; exits with 1 when there is any.
"""
import argparse
import sys
from pathlib import Path

import registry
from source_tree import Tree


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="phenix_tidy", description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--rule", action="append", help="run only this rule (repeatable)")
    parser.add_argument("--list", action="store_true", help="print the rules and end")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    rules = registry.all_rules()
    if options.list:
        for rule in rules.values():
            print(f"{rule.name:20} {rule.law}")
        return 0
    unknown = [name for name in options.rule or [] if name not in rules]
    if unknown:
        print(f"phenix_tidy: unknown rule {', '.join(unknown)}", file=sys.stderr)
        return 2
    tree = Tree(options.root)
    violations = 0
    for name in options.rule or rules:
        found = rules[name].run(tree)
        violations += len(found.violations)
        for violation in found.violations:
            print(f"{violation.path}:{violation.line}: [{name}] {violation.message}")
        print(f"house {name}: {found.checked} checked, {len(found.violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
