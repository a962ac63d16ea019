"""Runs methods2test's own script, unchanged, on a folder: `methods2test_run.py SCRIPTS FOLDER OUT`, for `npm run bench -- mining`.

SCRIPTS is the folder `scripts` of a checkout of methods2test. Only how a grammar is loaded is that of today's tree-sitter; the script was
written for one that compiled grammars itself. Prints one JSON object: seconds, peak bytes, and the pairs as `TEST FILE#TEST FOCAL FILE#FOCAL`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import tree_sitter
import tree_sitter_java


def parser_of_then(parser: type) -> type:
    """`Parser` as the script knows it."""

    class ParserOfThen:
        def set_language(self, language: object) -> None:
            self.parse = parser(language).parse

    return ParserOfThen


def main() -> None:
    scripts, folder, out = (Path(argument).resolve() for argument in sys.argv[1:4])
    java = tree_sitter.Language(tree_sitter_java.language())
    tree_sitter.Language = lambda *_: java  # type: ignore[assignment, misc]
    tree_sitter.Parser = parser_of_then(tree_sitter.Parser)  # type: ignore[assignment, misc]
    sys.path.insert(0, str(scripts))
    from find_map_test_cases import find_map_test_cases

    out.mkdir(parents=True)
    started = time.monotonic()
    find_map_test_cases(str(folder), "", "java", str(out), {"repo_id": 0, "url": ""})
    seconds = time.monotonic() - started
    pairs = []
    for file in out.glob("*.json"):
        mapped = json.loads(file.read_text())
        test, focal = mapped["test_case"], mapped["focal_method"]
        pairs.append(f"{mapped['test_class']['file']}#{test['identifier']} {mapped['focal_class']['file']}#{focal['identifier']}")
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak_bytes, "pairs": sorted(pairs)}))


main()
