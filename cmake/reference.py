# SPDX-License-Identifier: BSD-3-Clause
"""python3 reference.py FROM TO COMMAND..: the headers of a folder as Doxygen is to read them, line by line; then the
command.

What this library explains it explains in plain comments: at the top of a header, above a declaration, and at its end.
Here they become comments that Doxygen reads; one of several names is that of each. A name without a comment that stands
in the comment of its class, in the text at the top of its header, or in the comments of a header of concepts, gets a
line that says where. What is left has no explanation at all: Doxygen warns of it.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

CONCEPTS = """core/parts core/precision geometry/geometry geometry/partition geometry/gauge_masks layer/gauge_loops
contraction/contraction contraction/stencil backend/backend field/field transform/transform network/network
network/activation theory/theory theory/site layer/layer model/model estimator/estimator training/optimizer
training/schedule training/parametrisation observable/observable markov/update markov/integrator
markov/heat_bath_sweep markov/cluster_bonds sampling/proposer field/uniform_base testing/theory_laws
sampler""".split()
NO_DECLARATION = re.compile(r"static_assert|namespace|friend|extern|using namespace|using typename|using [\w:, ]*;|"
                            r"template (struct|class)|template$")


def top_of(text):
    """The comment at the top, without its slashes."""
    lines = []
    for line in text.split("\n")[2:]:
        if not line.startswith("//"):
            break
        lines.append(line[3:])
    return "\n".join(lines)


def comments_of(text):
    """All of them."""
    return " ".join(re.findall(r"//(.*)", text))


def words(text):
    return set(re.findall(r"\w+", text))


def without_templates(text):
    """Without <..>, innermost first."""
    while True:
        shorter = re.sub(r"<[^<>()=]*>|<[^<>]*>", "", text)
        if shorter == text:
            return text
        text = shorter


def names(declaration):
    """What a declaration, up to its ; or {, declares."""
    text = re.sub(r"\brequires\b.*?(?=\b(struct|class|void|static|auto|inline|using|constexpr|concept)\b)", "",
                  declaration)
    text = re.sub(r"\b(LANES_\w+|alignas\(\d+\))\s*", "", without_templates(text))
    text = re.sub(r"^(\s*template\s*)+", "", text).strip()
    found = re.match(r"(?:struct|class|enum class|enum|concept|using)\s+(\w+)", text)
    if found:
        return [found[1]]
    text = text.rstrip("{;").strip()
    if "(" in text.split("=")[0]:
        found = re.search(r"(\w+|operator\W+)\s*\(", text)
        return [found[1]] if found else []
    parts = [re.split(r"[=\[{:]", part)[0].split() for part in re.sub(r"\([^()]*\)|{[^{}]*}", "", text).split(",")]
    return [part[-1] for part in parts if part]


class Header:
    """Lines, with the comments of what they declare put before it."""

    def __init__(self, name, text, concepts):
        self.lines = text.split("\n")
        self.texts = [(name, words(top_of(text)))] + concepts
        self.classes = []  # (indentation of members, words of the comment) of the open ones
        self.above = self.last = ""  # the comment above; that of the declaration before
        self.start = None  # line at which the present declaration begins
        for i in range(2 + top_of(text).count("\n") + 1, len(self.lines)):
            self.read(i)

    def read(self, i):
        line = self.lines[i]
        code, _, trailing = line.partition("//")
        code = code.strip()
        indent = len(line) - len(line.lstrip())
        level = self.classes[-1][0] if self.classes else 0
        if self.start is None:
            if code.startswith("}") and self.classes and indent == level - 2:
                self.classes.pop()
            if not code and trailing:
                self.above += trailing.lstrip("/<") + " "
                self.lines[i] = ""
            elif code.startswith("#else"):
                self.above = self.last
            elif code.startswith("#"):
                pass
            elif not code or code.startswith("}") or re.match(r"(public|private|protected):", code):
                self.above = ""
            elif indent == level:
                self.start = i
        if self.start is None or not re.search(r"[;{}]$", code):
            return
        whole = " ".join(l.partition("//")[0].strip() for l in self.lines[self.start:i + 1])
        plain = without_templates(whole)
        if not NO_DECLARATION.match(plain):
            self.explain(i, whole, trailing.lstrip("/<").strip() if not code.endswith("{") else "")
        if re.search(r"\b(struct|class)\s+\w", plain.split("(")[0]) and code.endswith("{") and "enum" not in plain:
            self.classes.append((level + 2, words(self.above + trailing)))
        self.last, self.above, self.start = self.above, "", None

    def explain(self, i, whole, trailing):
        for k, name in enumerate(names(whole)):
            text = self.above.strip() or trailing or self.where(name)
            if not text:
                continue
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("*/", "* /")
            comment = f"/** {text} */ "
            for j in range(self.start, i + 1):
                code, slashes, rest = self.lines[j].partition("//")
                if k == 0:
                    code, found = re.sub(r"^( *)", lambda m: m[1] + comment, code, count=1), 1
                else:
                    code, found = re.subn(rf"(^ *|, )(?={re.escape(name)}\b)", lambda m: m[1] + comment, code, count=1)
                if found:
                    self.lines[j] = code + slashes + rest
                    break

    def where(self, name):
        if name.startswith("operator"):
            return "As for numbers."
        if self.classes and name in self.classes[-1][1]:
            return "Explained at its class."
        return next((f"Explained in {header}." for header, known in self.texts if name in known), "")


def main():
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    library = Path(__file__).resolve().parent.parent / "include/lanes"
    concepts = [(f"{name}.hpp", words(comments_of((library / f"{name}.hpp").read_text()))) for name in CONCEPTS]
    shutil.rmtree(target, ignore_errors=True)
    for path in source.rglob("*.hpp"):
        name, text = str(path.relative_to(source)), path.read_text()
        lines = Header(name, text, concepts).lines
        top = top_of(text).split("\n")
        lines[0:2 + len(top)] = ["/** @file", "@verbatim"] + top
        lines[2 + len(top)] = "@endverbatim */ " + lines[2 + len(top)]
        for macro in sorted(set(re.findall(r"(?m)^#define (\w+)", text)) & words(top_of(text))):
            lines.append(f"/** @def {macro}\nExplained in {name}. */")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("\n".join(lines))
    return subprocess.run(sys.argv[3:]).returncode


if __name__ == "__main__":
    sys.exit(main())
