"""LaTeX to plain text: accents, symbols, quotation marks, simple formulas. What a command means is in the tables.

A command that no table knows keeps its argument, or stays as it is where it has none. Text in and out, linear time.
"""

import re
import unicodedata
from collections.abc import Callable

# Accent command: the combining character that follows the letter.
ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "G": "\u030f", "d": "\u0323", "c": "\u0327",
    "k": "\u0328", "ocirc": "\u030a", "b": "\u0331", "textcommabelow": "\u0326", "hat": "\u0302", "tilde": "\u0303",
    "bar": "\u0304", "dot": "\u0307", "ddot": "\u0308", "acute": "\u0301", "grave": "\u0300", "check": "\u030c",
    "breve": "\u0306",
}  # fmt: skip
# Command without argument: what it prints.
SYMBOLS = {
    "ss": "ß", "SS": "ẞ", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å",
    "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ",
    "NG": "Ŋ", "imath": "ı", "jmath": "ȷ", "textbackslash": "\\", "backslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textunderscore": "_", "textless": "<", "textgreater": ">", "textbar": "|", "textbraceleft": "{",
    "textbraceright": "}", "lbrace": "{", "rbrace": "}", "textdollar": "$", "textquotedbl": '"', "textquotesingle": "'",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "lq": "‘",
    "rq": "’", "quotedblbase": "„", "quotesinglbase": "‚", "guillemotleft": "«", "guillemotright": "»", "guilsinglleft": "‹",
    "guilsinglright": "›", "glqq": "„", "grqq": "“", "flqq": "«", "frqq": "»", "textendash": "–", "textemdash": "—",
    "textexclamdown": "¡", "textquestiondown": "¿", "textellipsis": "…", "ldots": "…", "dots": "…", "cdots": "⋯",
    "textdegree": "°", "degree": "°", "textmu": "µ", "textregistered": "®", "texttrademark": "™", "textcopyright": "©",
    "copyright": "©", "pounds": "£", "textsterling": "£", "texteuro": "€", "euro": "€", "textyen": "¥", "textcent": "¢",
    "S": "§", "P": "¶", "textsection": "§", "textparagraph": "¶", "dag": "†", "ddag": "‡", "textdagger": "†",
    "textbullet": "•", "textperiodcentered": "·", "cdot": "·", "textordfeminine": "ª", "textordmasculine": "º",
    "textonehalf": "½", "textonequarter": "¼", "textthreequarters": "¾", "texttimes": "×", "times": "×", "div": "÷",
    "textdiv": "÷", "pm": "±", "textpm": "±", "mp": "∓", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "ne": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "propto": "∝", "infty": "∞", "rightarrow": "→",
    "to": "→", "textrightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "uparrow": "↑",
    "downarrow": "↓", "circ": "°", "prime": "′", "ast": "*", "star": "⋆", "ell": "ℓ", "hbar": "ℏ", "partial": "∂",
    "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "sqrt": "√", "in": "∈", "notin": "∉", "subset": "⊂", "cup": "∪",
    "cap": "∩", "forall": "∀", "exists": "∃", "wedge": "∧", "vee": "∨", "oplus": "⊕", "otimes": "⊗", "ll": "≪",
    "gg": "≫",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "quad": " ", "qquad": " ", "space": " ",
    "newline": " ", "linebreak": " ", "par": "\n\n", "slash": "/", "hyphen": "-", "nobreakdash": "", "relax": "",
}  # fmt: skip
# Commands and declarations that only change the looks: nothing is printed, an argument stays.
LOOKS = frozenset(
    "it em sl bf sc tt rm sf itshape slshape bfseries scshape ttfamily rmfamily sffamily upshape mdseries normalfont "
    "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge displaystyle textstyle scriptstyle "
    "left right big Big bigg limits protect allowbreak nolinebreak nobreak ignorespaces xspace unskip".split()
)
# Command with one argument: what stands before and after the argument.
AROUND = {
    "enquote": ("“", "”"), "mkbibquote": ("“", "”"), "mkbibparens": ("(", ")"), "mkbibbrackets": ("[", "]"),
    "textsuperscript": ("<sup>", "</sup>"), "mkbibsuperscript": ("<sup>", "</sup>"),
    "textsubscript": ("<sub>", "</sub>"), "mkbibsubscript": ("<sub>", "</sub>"), "^": ("<sup>", "</sup>"),
    "_": ("<sub>", "</sub>"),
}  # fmt: skip
# Command whose first argument is not printed (an address, a colour, a language); the second one is.
UNPRINTED = frozenset(
    "href hyperref textcolor color foreignlanguage selectlanguage fontsize hspace vspace noopsort label cite begin "
    "end".split()
)
# Commands that print nothing but take room; Better BibTeX fills titles with them.
PHANTOMS = frozenset(("vphantom", "hphantom", "phantom"))
FILLING = re.compile(r"\s*(?:\{[^{}]*\}|\\\{[^{}\\]*\\\})")
# A backslash before one of these prints the character; before the others (spaces, hints for line breaks) as stated.
ESCAPED = {character: character for character in "&%$#_{}[]<>*|"}
ESCAPED |= {"\\": " ", " ": " ", "\n": " ", "\t": " ", ",": " ", ";": " ", ":": " ", "!": "", "-": "", "/": "", "@": "",
            "(": "", ")": "", "+": ""}  # fmt: skip

TOKEN = re.compile(r"\\([a-zA-Z]+)\*?|\\(.)|[{}$~^_]|``|''|---?", re.S)
PLAIN_ESCAPE = re.compile(r"\\([&%#_])")
FORMULA = re.compile(r"[\\^_=<>+{}*/]|^\W*\w{1,3}\W*$")
LONGEST_FORMULA = 1000

Change = Callable[[str], str]


def plain(value: str) -> str:
    """A value as a reader of the printed page sees it; sub- and superscripts as <sub> and <sup>."""
    signs = "\\" in value or "{" in value or "}" in value or "$" in value or "~" in value
    if not signs and "``" not in value and "''" not in value and "--" not in value:  # ten times as fast as one pattern
        return value
    if "\\" in value:
        value = PLAIN_ESCAPE.sub(r"\1" if "$" not in value else _escaped, value)
    if "\\" in value or "$" in value or "~" in value or "``" in value or "''" in value or "--" in value:
        return unicodedata.normalize("NFC", _Reading(value).text())
    return value.replace("{", "").replace("}", "")


def verbatim(value: str) -> str:
    """A value that is no prose (an address, an identifier): escapes and braces off, nothing else."""
    if "\\" in value:
        value = re.sub(r"\\(?:url|path|nolinkurl)(?![a-zA-Z])\s*", "", value)
        value = value.replace("\\textasciitilde", "~").replace("\\textunderscore", "_").replace("{\\_}", "_")
        value = re.sub(r"\\([&%#_~^$<>{}\-])", r"\1", value)
    return value.replace("{", "").replace("}", "").strip()


def _escaped(found: re.Match[str]) -> str:
    return "{\\_}" if found.group(1) == "_" else found.group(1)  # a bare "_" would be a subscript in a formula


def _accent(name: str, mark: str) -> Change:
    """The change that puts a mark on the first letter of an argument; without a letter the sign prints itself."""

    def change(text: str) -> str:
        bare = text.lstrip()
        if not bare:
            return name if name in "~^" else ""
        first = {"ı": "i", "ȷ": "j"}.get(bare[0], bare[0])
        return first + mark + bare[1:] if first.isalpha() else (name if name in "'\"`" else "") + text

    return change


def _around(before: str, after: str) -> Change:
    return lambda text: f"{before}{text}{after}" if text.strip() else text


ACCENTED = {name: _accent(name, mark) for name, mark in ACCENTS.items()}
CHANGES: dict[str, Change] = {name: _around(*ends) for name, ends in AROUND.items()}


class _Reading:
    """One pass over a value: groups are a stack, a command waits for the group or the letter it works on."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.stack: list[tuple[list[str], list[Change]]] = []
        self.out: list[str] = []
        self.waiting: list[Change] = []
        self.formula_ends = -1

    def text(self) -> str:
        """The value without LaTeX."""
        at = 0
        for found in TOKEN.finditer(self.value):
            if found.start() < at:  # a mark inside blanks that belonged to the one before
                continue
            if found.start() > at:
                self._letters(self.value[at : found.start()])
            at = found.end()
            mark = found.group(0)
            if word := found.group(1):
                at = self._command(word, at)
            elif found.group(2) is not None:
                self._escape(found.group(2))
            elif mark == "{":
                self.stack.append((self.out, self.waiting))
                self.out, self.waiting = [], []
            elif mark == "}":
                self._close()
            else:
                self._sign(mark, found.start())
        self._letters(self.value[at:])
        while self.stack:
            self._close()
        return "".join(self.out)

    def _wait(self, change: Change) -> None:
        """A change of the next letter or group; beyond a few it is no text any more."""
        if len(self.waiting) < 8:
            self.waiting.append(change)

    def _close(self) -> None:
        if not self.stack:
            return
        inner = "".join(self.out)
        self.out, self.waiting = self.stack.pop()
        self._print(inner)

    def _print(self, text: str) -> None:
        """Put a finished piece out, after what waits for it has changed it."""
        while self.waiting:
            text = self.waiting.pop()(text)
        if text:
            self.out.append(text)

    def _letters(self, text: str) -> None:
        """Plain characters; the first of them is the argument of a command that waits."""
        if self.waiting and (bare := text.lstrip()):
            self._print(bare[0])
            text = bare[1:]
        elif self.waiting:
            return
        if text:
            self.out.append(text)

    def _command(self, word: str, at: int) -> int:
        """A command of letters; gives where to read on: blanks after it are its end, not text."""
        rest = self.value
        after = at
        while after < len(rest) and rest[after] in " \t\n":
            after += 1
        opens = rest.startswith("{", after)
        if word in ACCENTED and (opens or after > at or rest[at : at + 1] == "\\"):
            self._wait(ACCENTED[word])
        elif word in SYMBOLS:
            self._print(SYMBOLS[word])
            if rest.startswith("{}", at):
                return at + 2
        elif word in PHANTOMS:
            filling = FILLING.match(rest, at)
            return filling.end() if filling else at
        elif word in CHANGES and opens:
            self._wait(CHANGES[word])
        elif word in UNPRINTED and opens:
            self._wait(lambda _text: "")
        elif word not in LOOKS and not opens:
            self._print(f"\\{word}")  # nobody knows it: better kept than lost
            return at
        return after

    def _escape(self, character: str) -> None:
        """A backslash before something that is no letter: an accent, or the character itself."""
        if character in ACCENTED:
            self._wait(ACCENTED[character])
        else:
            self._print(ESCAPED.get(character, "\\" + character))

    def _sign(self, mark: str, at: int) -> None:
        """Quotation marks, dashes, formulas, unbreakable blanks."""
        if mark == "$":
            self._dollar(at)
        elif mark in "^_" and self.formula_ends > at:
            self._wait(CHANGES[mark])
        elif mark == "~":
            before, after = self.value[at - 1 : at], self.value[at + 1 : at + 2]
            tied = (
                (before.isalnum() or before in "}.,;:)") and (after.isalnum() or after in "{\\(") and before and after
            )
            self._letters(" " if tied else "~")
        else:
            self._letters({"``": "“", "''": "”", "--": "–", "---": "—"}.get(mark, mark))

    def _dollar(self, at: int) -> None:
        """The beginning or the end of a formula; anything else is money."""
        if at == self.formula_ends:
            self.waiting.clear()
            return
        end = self.value.find("$", at + 1, at + LONGEST_FORMULA)
        while end > 0 and self.value[end - 1] == "\\":
            end = self.value.find("$", end + 1, at + LONGEST_FORMULA)
        if self.formula_ends < at and end > at and FORMULA.search(self.value[at + 1 : end]):
            self.formula_ends = end
        else:
            self._letters("$")
