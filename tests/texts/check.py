"""Numbers in texts: every number in an analysis, a caption or a marked place of a document is computed anew from what is committed.

    python3 tests/texts/check.py [NAME…]

For each text there is a sidecar tests/texts/NAME.toml (NAME: an experiment, README, findings, …). It says for each number, in guillemets within
an excerpt of the text, the Python expression that gives it, from the tables in figures/, from docs/ledger.json, or from the experiment's definition.
A number without an expression is an error, an excerpt that no longer stands in the text is one, and so is an expression that would accept a
wrong number: each number is changed once, up and down, and has to be refused at least once. Needs Python 3.11 alone.
"""

import array
import ast
import csv
import functools
import json
import math
import re
import statistics
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

# Names that hold digits: statements, equations, sections, papers, claims, subscripts, superscripts of symbols.
NAMES = re.compile(
    r"(?:Theorem|Lemma|Eq\.|Eqs\.|Corollary|Corollaries|Remark|Definition|Section|section|Example|Proposition|Assumption|Appendix|Figure)s?"
    r" [A-Z]?\.?\d+(?:\.\d+)*(?:(?:/| and |, )[A-Z]?\.?\d+(?:\.\d+)*)*"
    r"|\b\d{4}\.\d{5}(?:v\d+)?\b"
    r"|\b[A-Z]\d+[a-z]?(?:\.[a-z0-9][a-z0-9-]*)?\b"
    r"|_\{[^}]*\}|_[0-9]+|_\([^)]*\)"
    r"|(?:failure|F[°_A-Za-z0-9{}₀-₉ₜ]*)\(0?\.\d+\)"
    r"|`[^`]*[^\W\d_][^`]*`|\]\([^)]*\)|https?://\S+"
)
SUPERSCRIPT = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
NUMBER = re.compile(
    rf"(?<=\^)[−-]?\d+\.\d+|(?<![\w.^])(?:[−-]?\d+(?:\.\d+)?(?:e[−-]?\d+)?(?:\s?[·×]\s?10(?=[\^{SUPERSCRIPT}]))?(?:\^\(?[−-]?\d+\)?|[{SUPERSCRIPT}]+)?(?:/\d+(?:\.\d+)?)?)(?:\s?%)?"
)
WORDS = {
    word: value
    for value, words in enumerate(
        "no/zero/none one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
    for word in words.split("/")
} | {"once": 1, "twice": 2, "thrice": 3, "half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "sixth": 1 / 6, "eighth": 0.125,
     "tenth": 0.1, "twentieth": 0.05, "fiftieth": 0.02, "hundredth": 0.01, "hundred": 100, "thousand": 1000, "million": 1e6}
MARK = re.compile("«([^»]*)»")


class Wrong(Exception):
    """What stands in a text or a sidecar is not so."""


def collapse(text):
    """One space for each run of white space."""
    return re.sub(r"\s+", " ", text).strip()


def parse(token):
    """Value and unit of the last printed digit of a number or number word."""
    token = token.strip().replace("−", "-")
    # 10⁻⁴ is 10^-4, and 4·10^-4 is 4e-4.
    token = re.sub(f"[{SUPERSCRIPT}]+", lambda found: "^" + found[0].translate(str.maketrans(SUPERSCRIPT, "-0123456789")), token)
    token = re.sub(r"\s?[·×]\s?10\^\(?(-?\d+)\)?", r"e\1", token)
    if token.lower() in WORDS:
        value = WORDS[token.lower()]
        return value, 1.0 if value >= 1 or value == 0 else 0.2 * value
    scale = 1.0
    if token.endswith("%"):
        token, scale = token[:-1].strip(), 0.01
    if (power := re.fullmatch(r"(-?\d+(?:\.\d+)?)\^\(?(-?\d+)\)?", token)) is not None:
        value = float(power[1]) ** int(power[2])
        return scale * value, scale * value * (0.01 if power[1] != "10" else 0.5)
    if (fraction := re.fullmatch(r"(-?\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)", token)) is not None:
        value = float(fraction[1]) / float(fraction[2])
        return scale * value, abs(scale * value) * 0.02
    if (number := re.fullmatch(r"-?\d+(?:\.(\d+))?(?:e(-?\d+))?", token)) is None:
        raise Wrong(f"«{token}» is no number")
    digits = len(number[1] or "")
    return scale * float(token), scale * 10.0 ** (int(number[2] or 0) - digits)


def accepts(value, printed, unit, rule):
    """Whether a computed value may be printed so."""
    if isinstance(value, bool):
        return value
    value = float(value)
    if not math.isfinite(value):
        return False
    slack = 1e-9 * max(abs(value), abs(printed), 1e-300)
    off = printed - value
    match rule:
        case "rounded":  # to the digits that are printed
            return abs(off) <= 0.5 * unit + slack
        case "at most":  # rounded up: the text says that nothing is larger
            return -slack <= off <= unit + slack
        case "at least":  # rounded down
            return -slack <= -off <= unit + slack
        case "about":  # to five in a hundred, or the printed digits where those are coarser
            return abs(off) <= max(0.05 * abs(value), 0.5 * unit) + slack
        case "exactly":
            return abs(off) <= slack
    raise Wrong(f"rule {rule!r}: expected rounded, at most, at least, about or exactly")


def number(text):
    """A cell of a table: a number where it is one, NaN where it is empty, the text otherwise."""
    if text == "":
        return math.nan
    try:
        return float(text)
    except ValueError:
        return text


@functools.cache
def table(name):
    """The rows of figures/NAME.csv."""
    path = ROOT / "figures" / f"{name}.csv"
    if not path.exists():
        raise Wrong(f"{path} does not exist")
    with open(path, newline="", encoding="utf-8") as file:
        return [{key: number(cell) for key, cell in row.items()} for row in csv.DictReader(line for line in file if not line.startswith("#"))]


def same(cell, wanted):
    """Whether a cell is a wanted value, one of several, or one for which a condition holds."""
    if callable(wanted):
        return wanted(cell)
    if isinstance(wanted, (list, tuple, set, range)):
        return any(same(cell, one) for one in wanted)
    if wanted is None:
        return isinstance(cell, float) and math.isnan(cell)
    if isinstance(cell, float) and isinstance(wanted, (int, float)):
        return math.isclose(cell, wanted, rel_tol=1e-9, abs_tol=1e-300)
    return cell == wanted


def rows(name, **where):
    """Rows of figures/NAME.csv that meet all conditions: column = value, list of values, None (empty) or function; never none at all."""
    found = [row for row in table(name) if all(same(row[key], wanted) for key, wanted in where.items())]
    if not found:
        raise Wrong(f"{name}: no row has {where}")
    return found


def values(name, column, **where):
    """The numbers of one column of `rows`, without empty cells; never none at all."""
    found = [row[column] for row in rows(name, **where) if not (isinstance(row[column], float) and math.isnan(row[column]))]
    if not found:
        raise Wrong(f"{name}: {column} is empty where {where}")
    return found


def value(name, column, **where):
    """The number of the only row."""
    found = values(name, column, **where)
    if len(set(found)) != 1:
        raise Wrong(f"{name}: {len(found)} values of {column} where {where}")
    return found[0]


def slope(xs, ys, weights=None):
    """Slope of log y against log x, weighted least squares."""
    weights = weights or [1.0] * len(xs)
    xs, ys = [math.log(x) for x in xs], [math.log(y) for y in ys]
    total = sum(weights)
    x, y = (sum(w * v for w, v in zip(weights, vs)) / total for vs in (xs, ys))
    return sum(w * (a - x) * (b - y) for w, a, b in zip(weights, xs, ys)) / sum(w * (a - x) ** 2 for w, a in zip(weights, xs))


@functools.cache
def ledger_rows():
    document = json.loads((ROOT / "docs" / "ledger.json").read_text(encoding="utf-8"))
    found = {}
    stack = [document]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "id" in item and "verdict" in item:
                found[item["id"]] = item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return found


def ledger(claim):
    """The row of a claim in docs/ledger.json."""
    if claim not in ledger_rows():
        raise Wrong(f"docs/ledger.json has no {claim}")
    return ledger_rows()[claim]


@functools.cache
def arrays(name):
    """The arrays of data/NAME.npz by name, each as (shape, values in C order)."""
    found = {}
    with zipfile.ZipFile(ROOT / "data" / f"{name}.npz") as archive:
        for member in archive.namelist():
            content = archive.read(member)
            start = 10 + int.from_bytes(content[8:10], "little")
            header = ast.literal_eval(content[10:start].decode("latin-1"))
            values = array.array({"<f4": "f", "<f8": "d", "<i8": "q", "|b1": "b"}[header["descr"]], content[start:])
            found[member.removesuffix(".npy")] = (header["shape"], values)
    return found


def document_numbers(path, pattern):
    """Numbers that a regular expression's groups find in a committed file; the expression has to match once."""
    found = re.findall(pattern, collapse((ROOT / path).read_text(encoding="utf-8")))
    if len(found) != 1:
        raise Wrong(f"{path}: {len(found)} places match {pattern!r}")
    groups = found[0] if isinstance(found[0], tuple) else (found[0],)
    return [parse(group)[0] for group in groups]


def lookup(tree, key):
    """tree["a"]["b"] of "a.b", also where "a.b" is a key itself."""
    if key in tree:
        return tree[key]
    head, _, rest = key.partition(".")
    if rest and isinstance(tree.get(head), dict):
        return lookup(tree[head], rest)
    return None


def reader(definition):
    """config(part, key): what the definition gives a key in a part's full profile, as a list; also "replicates"."""

    def config(part, key):
        for item in definition.get("part", []):
            if item.get("name") == part:
                for place in (item.get("full", {}), item.get("grid", {}), item.get("base", {}), item):
                    found = lookup(place, key)
                    if found is not None:
                        return found if isinstance(found, list) else [found]
                raise Wrong(f"part {part} has no {key}")
        raise Wrong(f"no part {part}: {[item.get('name') for item in definition.get('part', [])]}")

    return config


def definition(name):
    """`config` of an experiment's definition, for texts that stand elsewhere."""
    return reader(tomllib.loads((ROOT / "experiments" / "definitions" / f"{name}.toml").read_text(encoding="utf-8")))


def texts_of(name):
    """The texts that a sidecar speaks of, and the definition they come from."""
    path = ROOT / "experiments" / "definitions" / f"{name}.toml"
    if path.exists():
        definition = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = [definition.get("analysis", "")]
        for figure in definition.get("figure", []):
            texts += [figure.get("alt", ""), figure.get("caption", "")]
        return [collapse(text) for text in texts], definition
    for path in (ROOT / f"{name}.md", ROOT / "docs" / f"{name}.md"):
        if path.exists():
            parts = path.read_text(encoding="utf-8").split("<!-- numbers -->")[1:]
            return [collapse(part.split("<!-- /numbers -->")[0]) for part in parts], {}
    raise Wrong(f"{name} is neither an experiment nor a document")


def covered(texts, excerpts):
    """The texts with every excerpt's guillemets' contents, every formula and every name blanked; and what is wrong with the excerpts.

    An excerpt of a number stands in one place, so that its expression speaks of one number; a formula may stand in several.
    """
    blanked, faults = list(texts), []
    for excerpt, whole in excerpts:
        excerpt = collapse(excerpt)
        plain = MARK.sub(r"\1", excerpt)
        places = [(index, found.start()) for index, text in enumerate(texts) for found in re.finditer(re.escape(plain), text)]
        if not places:
            faults.append(f"no text says {plain!r}")
        if len(places) > 1 and not whole:
            faults.append(f"{plain!r} stands in {len(places)} places: a longer excerpt says which")
        blank = "\u2007" * len(plain)
        for index, start in places:
            text = blanked[index]
            if whole:
                blanked[index] = text[:start] + blank + text[start + len(plain) :]
                continue
            shift = 0
            for mark in MARK.finditer(excerpt):
                # Each mark before this one added two guillemets to the excerpt.
                place = start + mark.start() - shift
                text = text[:place] + blank[: len(mark[1])] + text[place + len(mark[1]) :]
                shift += 2
            blanked[index] = text
    return [NAMES.sub(lambda found: " " * len(found[0]), text) for text in blanked], faults


def is_formula(text):
    """Whether this is a closed form: every number in it is part of a term that has a letter or an operator, and none has decimals.

    "5 of 6 curves" and "n = 2^12" are none: a number stands alone, or is a symbol's value. A 0 or 1 may end an inequality, as in "κ_0 λ^{T−1} ≤ 1".
    """
    if re.search(r"\d\.\d", text) or not re.search(r"[^\W\d_]", text):
        return False
    operators = "^/√·(+−×*{|"
    valued = re.search(rf"[=≈≤≥<>]\s*(?:{NUMBER.pattern})$", text)
    if valued and not re.search(r"[\^/√·(+−×*]", text[: valued.start()]):
        return False
    for found in re.finditer(r"(?<![\w^])\d+", text):
        before, after = text[: found.start()], text[found.end() :]
        attached = re.match(r"[^\W\d]|[√⁻({]", after) or after.strip()[:1] in (*"^/·+−×*",)
        term = attached or before.rstrip()[-1:] in (*operators,)
        limit = found[0] in "01" and re.search(r"[≤≥<>]\s*$", before) and re.search(r"[\^/√·(+−×*]", before)
        if not (term or limit):
            return False
    return True


def computes(expression, scope):
    """Whether an expression asks for anything: a constant that is typed beside the text is no computation."""
    return any(isinstance(node, ast.Name) and node.id in scope for node in ast.walk(ast.parse(expression.strip(), mode="eval")))


def check(name):
    """What is wrong with one sidecar, and how many numbers it computes."""
    faults, count = [], 0
    texts, own = texts_of(name)
    sidecar_path = HERE / f"{name}.toml"
    sidecar = tomllib.loads(sidecar_path.read_text(encoding="utf-8")) if sidecar_path.exists() else {}
    common = tomllib.loads((HERE / "formulas.toml").read_text(encoding="utf-8"))["formulas"]
    scope = {
        **{key: getattr(math, key) for key in ("log", "log2", "log10", "exp", "sqrt", "floor", "ceil", "pi", "e", "inf", "isnan", "isfinite")},
        **{f.__name__: f for f in (table, rows, values, value, slope, ledger, arrays, definition, document_numbers)},
        "mean": statistics.fmean,
        "median": statistics.median,
        "config": reader(own),
    }
    exec(sidecar.get("helpers", ""), scope)
    excerpts = []
    for entry in sidecar.get("says", []):
        text = entry["text"]
        expressions = entry["is"] if isinstance(entry["is"], list) else [entry["is"]]
        rules = entry.get("rule", "rounded")
        rules = rules if isinstance(rules, list) else [rules] * len(expressions)
        marks = MARK.findall(text)
        if not (len(marks) == len(expressions) == len(rules)):
            faults.append(f"{text!r}: {len(marks)} marked numbers, {len(expressions)} expressions, {len(rules)} rules")
            continue
        excerpts.append((text, False))
        for printed, expression, rule in zip(marks, expressions, rules):
            try:
                it, unit = parse(printed)
                if not computes(expression, scope):
                    faults.append(f"{text!r}: {expression} is a constant and computes nothing")
                    continue

                def holds(it):
                    # The printed number is global to the expression, so that comprehensions see it, too.
                    return accepts(eval(expression, {**scope, "it": it}), it, unit, rule)

                count += 1
                if not holds(it):
                    found = eval(expression, {**scope, "it": it})
                    faults.append(f"{text!r} prints {printed}, {rule}; {expression} is {found}")
                    continue
                step = max(0.25 * abs(it), 2.0 * unit)

                def passes(wrong):
                    try:
                        return holds(wrong)
                    except Exception:  # such as a table that has no row for a wrong number
                        return False

                if passes(it + step) and passes(it - step):
                    faults.append(f"{text!r}: {expression} would accept {it + step:g} and {it - step:g}, too")
            except Exception as error:  # whatever an expression raises is a fault of its entry
                faults.append(f"{text!r}: {expression}: {type(error).__name__}: {error}")
    for formula in sidecar.get("formulas", []):
        if not is_formula(formula):
            faults.append(f"{formula!r} is no formula: a number in it stands alone, it has decimals, or it has no letter")
        excerpts.append((formula, True))
    blanked, lost = covered(texts, excerpts)
    faults += lost
    for formula in common:
        blanked = [text.replace(formula, " " * len(formula)) for text in blanked]
    for text, original in zip(blanked, texts):
        for found in NUMBER.finditer(text):
            around = original[max(0, found.start() - 30) : found.end() + 30]
            faults.append(f"nothing computes {found[0]!r} in …{around}…")
    return faults, count


def main():
    names = sys.argv[1:] or sorted(
        {path.stem for path in (ROOT / "experiments" / "definitions").glob("*.toml")} | ({path.stem for path in HERE.glob("*.toml")} - {"formulas"})
    )
    failed, numbers = 0, 0
    for name in names:
        try:
            faults, count = check(name)
        except Wrong as error:
            faults, count = [str(error)], 0
        numbers += count
        failed += bool(faults)
        for fault in faults:
            print(f"{name}: {fault}")
    if failed:
        sys.exit(f"{failed} of {len(names)} texts have faults")
    print(f"passed texts: {numbers} numbers in {len(names)} texts are what the committed tables say")


if __name__ == "__main__":
    main()
