"""Where a Rust source can be mutated, and how the mutated source reads.

A site is an expression with one alternative. All chosen sites of a file are written at once, each as

    (if crate::mutant::is(17) { alternative } else { original })

so that one build holds all mutants, and the environment chooses which of them runs.
"""

import hashlib
import re
from dataclasses import dataclass, field

import tree_sitter
import tree_sitter_rust

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))

# Each operator with what may stand in its place.
OPERATORS = {
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"],
    "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="],
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
}
SWAPPED = {"max": "min", "min": "max"}
NUMBERS = {"f64", "f32", "u8", "u16", "u32", "u64", "u128", "usize", "i32", "i64"}

# What a compiler evaluates itself, what is no expression, and what only words depend on.
SKIPPED = {
    "const_item", "static_item", "attribute_item", "inner_attribute_item", "macro_invocation",
    "macro_definition", "type_arguments", "array_type", "enum_variant", "parameters", "use_declaration",
    "line_comment", "block_comment",
}


@dataclass
class Site:
    """One expression that can be mutated in one way."""

    file: str
    line: int
    kind: str
    original: str
    mutated: str
    # (start, end) of the expressions that are replaced, and of the edit inside each: [(start, end, text)].
    places: list = field(default_factory=list)
    name: str = ""


def text(node):
    """The source of a node."""
    return node.text.decode()


def upper(name):
    """Whether a name is that of a constant."""
    return re.fullmatch(r"[A-Z][A-Z0-9_]+", name) is not None


def constants(sources):
    """The named numeric constants of all files: {name: [(file, line, type, public)]}."""
    found = {}
    for file, source in sources.items():
        pattern = r"^\s*(pub(?:\([a-z]+\))? )?const ([A-Z][A-Z0-9_]*): ([^=]+) ="
        for number, line in enumerate(source.splitlines(), 1):
            match = re.match(pattern, line)
            kind = match and match[3].strip()
            if match and (kind in NUMBERS or re.fullmatch(r"\[f64; \d+\]", kind)):
                found.setdefault(match[2], []).append((file, number, kind, bool(match[1])))
    return found


def in_test_module(node):
    """Whether a module is compiled for tests only."""
    before = node.prev_named_sibling
    while before is not None and before.type in ("attribute_item", "line_comment"):
        if "cfg(test)" in text(before):
            return True
        before = before.prev_named_sibling
    return False


def children(node):
    """The children in which sites may lie."""
    if node.type in SKIPPED or (node.type == "mod_item" and in_test_module(node)):
        return []
    if node.type == "function_item" and any(
        child.type == "function_modifiers" and "const" in text(child) for child in node.children
    ):
        return []
    if node.type == "call_expression":
        called = text(node.child_by_field_name("function"))
        if called.split("::")[0] == "Error" or called.endswith(".expect"):
            return []
    if node.type == "match_pattern":
        condition = node.child_by_field_name("condition")
        return [condition] if condition is not None else []
    if node.type.endswith("_pattern"):
        return []
    kept = []
    for index, child in enumerate(node.children):
        name = node.field_name_for_child(index)
        if name in ("pattern", "type", "return_type", "type_parameters", "name", "length"):
            if not (name == "pattern" and child.type == "match_pattern"):
                continue
        kept.append(child)
    return kept


def doubled(literal):
    """A number literal with another value, of the same type."""
    body, suffix = re.fullmatch(r"(.*?)(_?(?:f64|f32|[iu]\d+|usize|isize))?", literal).groups()
    if re.fullmatch(r"0[xbo].*", body):
        return None
    if re.search(r"[.e]", body) or (suffix or "").strip("_").startswith("f"):
        value = float(body.replace("_", ""))
        return (repr(2 * value) if value else "1.0") + (suffix or "")
    return str(int(body.replace("_", "")) + 1) + (suffix or "")


def alternatives(node):
    """(kind, mutated text, edits) of the ways to mutate a node itself; an edit is (start, end, text)."""
    if node.type in ("binary_expression", "compound_assignment_expr"):
        operator = node.child_by_field_name("operator")
        # A difference of strings or a bit mask has no entry.
        for other in OPERATORS.get(text(operator), []):
            yield "operator", [(operator.start_byte, operator.end_byte, other)]
    elif node.type == "unary_expression" and node.children[0].type in ("-", "!"):
        sign = node.children[0]
        yield "sign", [(sign.start_byte, sign.end_byte, "")]
    elif node.type in ("integer_literal", "float_literal"):
        if node.parent.type != "field_expression":
            other = doubled(text(node))
            if other is not None:
                yield "literal", [(node.start_byte, node.end_byte, other)]
    elif node.type == "call_expression":
        function = node.child_by_field_name("function")
        if function.type == "field_expression":
            method = function.child_by_field_name("field")
            if text(method) in SWAPPED:
                yield "extremum", [(method.start_byte, method.end_byte, SWAPPED[text(method)])]
    elif node.type == "scoped_identifier" and text(node) in ("f64::max", "f64::min"):
        name = node.child_by_field_name("name")
        yield "extremum", [(name.start_byte, name.end_byte, SWAPPED[text(name)])]


def apply(source, start, end, edits):
    """The bytes from start to end with edits made."""
    pieces, at = [], start
    for edit_start, edit_end, replacement in sorted(edits):
        pieces += [source[at:edit_start], replacement.encode()]
        at = edit_end
    return b"".join(pieces + [source[at:end]])


def expressions(file, source):
    """All sites of a file but those of named constants."""
    raw = source.encode()
    lines = source.splitlines()
    found, seen = [], {}

    def visit(node):
        for kind, edits in alternatives(node):
            mutated = apply(raw, node.start_byte, node.end_byte, edits).decode()
            line = node.start_point[0] + 1
            site = Site(file, line, kind, text(node), mutated)
            site.places = [(node.start_byte, node.end_byte, edits)]
            around = lines[line - 1].strip()
            column = node.start_point[1] - (len(lines[line - 1]) - len(lines[line - 1].lstrip()))
            same = (file, around, column, kind, mutated)
            seen[same] = seen.get(same, 0) + 1
            site.name = key(*same, seen[same])
            found.append(site)
        for child in children(node):
            visit(child)

    visit(PARSER.parse(raw).root_node)
    return found


def constant_uses(sources, prefixes):
    """Two sites for each named constant defined below one of the prefixes: all its uses doubled, all halved."""
    known = constants(sources)
    uses = {}
    for file, source in sources.items():
        def visit(node):
            named = node.type == "identifier" or node.type == "scoped_identifier"
            last = text(node).split("::")[-1]
            if named and upper(last) and last in known:
                own = [entry for entry in known[last] if entry[0] == file]
                public = [entry for entry in known[last] if entry[3]]
                home = own or (public if len(public) == 1 else [])
                if home and home[0][0].startswith(prefixes):
                    use = (file, node.start_byte, node.end_byte, text(node))
                    uses.setdefault((home[0][0], home[0][1], last, home[0][2]), []).append(use)
                return
            for child in children(node):
                visit(child)

        visit(PARSER.parse(source.encode()).root_node)
    found = []
    for (file, line, name, kind), places in sorted(uses.items()):
        for factor, (many, one) in {"2": ("* 2.0", "* 2"), "1/2": ("/ 2.0", "/ 2")}.items():
            change = f".map(|v| v {many})" if kind.startswith("[") else f" {many if kind == 'f64' else one}"
            mutated = f"{name} x {factor}"
            site = Site(file, line, "constant", name, mutated)
            site.places = [
                (start, end, [(end, end, change)], used_in) for used_in, start, end, _ in places
            ]
            site.name = key(file, name, 0, "constant", mutated)
            found.append(site)
    return found


def key(*parts):
    """A short name that stays while the line stays."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:10]


def rewrite(file, source, chosen):
    """The file with the chosen sites [(number, Site)] written as choices; nested ones stand in both branches."""
    raw = source.encode()
    edits = []
    for number, site in chosen:
        for place in site.places:
            if (place[3] if len(place) > 3 else site.file) == file:
                edits.append((place[0], place[1], number, place[2]))

    def emit(start, end, inside, changes):
        """The bytes from start to end, `changes` made, with the edits `inside` them as choices."""
        outer = [e for e in inside if not any(contains(o, e) for o in inside if o is not e)]
        pieces = list(changes)
        for edit in outer:
            if not any(edit[0] <= c[0] and c[1] <= edit[1] and c[2] is not None for c in changes):
                pieces.append((edit[0], edit[1], choice(edit, [e for e in inside if contains(edit, e)])))
        return apply(raw, start, end, pieces).decode()

    def choice(edit, inner):
        start, end, number, changes = edit
        mutated, original = emit(start, end, inner, changes), emit(start, end, inner, [])
        return f"(if crate::mutant::is({number}) {{ {mutated} }} else {{ {original} }})"

    def contains(outer, inner):
        """Whether an edit lies in another; of two at the same place the one with the lower number is outside."""
        if (outer[0], outer[1]) == (inner[0], inner[1]):
            return outer[2] < inner[2]
        return outer[0] <= inner[0] and inner[1] <= outer[1]

    return emit(0, len(raw), edits, [])
