# SPDX-License-Identifier: BSD-3-Clause
"""python3 reference.py FROM TO: the headers of a folder as Doxygen is to read them, line by line.

What is explained in this library is explained in plain comments: at the top of a header, and at the end of a
declaration. Here the first become the text of the file, the second that of what is declared. A declaration without a
comment of its own whose names all stand in the text at the top of its header, or in that of a header of concepts, gets
a line that says where. What is left has no explanation at all: Doxygen warns of it.
"""
import re
import sys
from pathlib import Path

CONCEPTS = """core/parts core/precision geometry/geometry geometry/partition geometry/gauge_masks layer/gauge_loops
contraction/contraction contraction/stencil backend/backend field/field transform/transform network/network
network/activation theory/theory theory/site layer/layer model/model estimator/estimator training/optimizer
training/schedule training/parametrisation observable/observable markov/update markov/integrator sampling/proposer
sampler""".split()


def top_of(text):
    """The comment at the top, without its slashes."""
    lines = []
    for line in text.split("\n")[2:]:
        if not line.startswith("//"):
            break
        lines.append(line[3:])
    return "\n".join(lines)


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
    return [re.split(r"[=\[{:]", part)[0].split()[-1]
            for part in re.sub(r"\([^()]*\)|{[^{}]*}", "", text).split(",") if re.split(r"[=\[{:]", part)[0].split()]


def explained(text, texts):
    """Numbers of lines where a declaration begins, and what is put before it."""
    lines = text.split("\n")
    scopes = [0]  # indentation of what stands in namespaces and classes
    start, fresh = None, True
    for i, line in enumerate(lines):
        code = re.sub(r"\s*//.*", "", line)
        stripped = code.strip()
        indent = len(line) - len(line.lstrip())
        if start is None and stripped.startswith("}") and len(scopes) > 1 and indent == scopes[-1] - 2:
            scopes.pop()
        if line.strip().startswith("///"):
            fresh = False
        elif not stripped or stripped.startswith(("#", "//", "}")) or re.match(r"(public|private|protected):", stripped):
            fresh = fresh or not stripped.startswith("//") and not line.strip().startswith("//")
        elif start is None and indent == scopes[-1]:
            start = i
        if start is None or not stripped:
            continue
        whole = " ".join(re.sub(r"\s*//.*", "", l).strip() for l in lines[start:i + 1])
        if not re.search(r"[;{}]$", stripped):
            continue
        skip = re.match(r"(static_assert|namespace|friend|extern|using [\w:]*::\w+\s*;|using namespace|using typename)",
                        without_templates(whole))
        if fresh and not skip and "///<" not in line:
            declared = names(whole)
            where = next((n for n, known in texts if declared and all(d in known for d in declared)), None)
            if where:
                yield start, f"/** Explained at the top of {where}. */ "
        opens = re.match(r"(template.*)?\s*\b(struct|class)\s", without_templates(whole)) and stripped.endswith("{")
        if opens:
            scopes.append(scopes[-1] + 2)
        start, fresh = None, True


def main():
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    concepts = [(f"{name}.hpp", words(top_of((source / f"{name}.hpp").read_text()))) for name in CONCEPTS]
    for header in source.rglob("*.hpp"):
        name = str(header.relative_to(source))
        text = re.sub(r"(?m)^(?! *(?://|}))(.*[;,{}] +)// ", r"\1///< ", header.read_text())
        top = top_of(text)
        lines = text.split("\n")
        for i, before in explained(text, [(name, words(top))] + concepts):
            lines[i] = before + lines[i]
        lines[0:2] = ["/** @file", "@verbatim"]
        end = 2 + top.count("\n") + 1
        lines[2:end] = top.split("\n")
        lines[end] = "@endverbatim */ " + lines[end]
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
