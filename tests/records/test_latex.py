"""LaTeX to plain text: what people and programs write for letters, signs and formulas; nothing else is touched."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.readers import latex

PLAIN = [
    # letters
    (r"M{\"u}ller", "Müller"),
    (r"M\"{u}ller", "Müller"),
    (r"M\"uller", "Müller"),
    (r"{\'{\i}}", "í"),
    (r"\'\i n", "ín"),
    (r"Ga{\v{c}}e \v S", "Gače Š"),
    (r"\c cay \c{C}", "çay Ç"),
    (r"Erd{\H o}s", "Erdős"),
    (r"{\AA}ngstr{\"o}m, \o re, \O{}re", "Ångström, øre, Øre"),
    (r"He{\ss} und Stra\ss e", "Heß und Straße"),
    (r"\ae{}on {\th} {\dh} {\L}", "æon þ ð Ł"),
    (r"{\k{a}} {\d{s}} {\=o} {\.z} {\u g} {\r u}", "ą ṣ ō ż ğ ů"),
    # escapes and signs
    (r"5\,\% of R\&D \#1 a\_b \$4 \{x\}", "5 % of R&D #1 a_b $4 {x}"),
    (r"costs \$4 or $5 a day", "costs $4 or $5 a day"),
    ("``quiet'' rooms -- a survey --- and `rest'", "“quiet” rooms – a survey — and `rest'"),
    (r"\enquote{tea} \textendash{} \textgreater 5", "“tea” – >5"),
    (r"Dr.~Ames, about ~50 rooms", "Dr. Ames, about ~50 rooms"),
    (r"a\textasciitilde b \~{}", "a~b ~"),
    (r"\textbackslash\textbackslash\{\}", r"\\{}"),
    (r"hyphen\-ation {\ldots} 20\textdegree C", "hyphenation … 20°C"),
    # looks
    (r"{T}ea in {NHS} \emph{wards} and \textit{Camellia {\bf sinensis}}", "Tea in NHS wards and Camellia sinensis"),
    (r"{\em Tea} {\it and} {\sc Rest}", "Tea and Rest"),
    (r"\href{http://tea.example.org}{The page} \url{http://a.example/b}", "The page http://a.example/b"),
    (r"{{Double} braces}", "Double braces"),
    (r"{GaN}\vphantom{} rods\vphantom\{\}", "GaN rods"),
    # formulas
    (r"H$_2$O and CO$_{2}$", "H<sub>2</sub>O and CO<sub>2</sub>"),
    (r"10$^{-3}$ \textsuperscript{th}", "10<sup>-3</sup> <sup>th</sup>"),
    (r"p $<$ 0.05, $\alpha$ = $\beta_1$", "p < 0.05, α = β<sub>1</sub>"),
    (r"snake_case stays, 2^3 too", "snake_case stays, 2^3 too"),
    # what nobody knows is kept
    (r"\aap", r"\aap"),
    (r"\unheard{of}", "of"),
    (r"C:\Users\tea", r"C:\Users\tea"),
]


@pytest.mark.parametrize(("written", "read"), PLAIN)
def test_latex_reads_as_printed(written, read):
    assert latex.plain(written) == read


@pytest.mark.parametrize("mark", sorted(latex.ACCENTS))
def test_every_accent_goes_onto_its_letter(mark):
    joined = unicodedata.normalize("NFC", "a" + latex.ACCENTS[mark])
    assert latex.plain(f"x\\{mark}{{a}}y") == f"x{joined}y"


@pytest.mark.parametrize("name", sorted(set(latex.SYMBOLS) - {"space", "par"}))
def test_every_symbol_is_printed_in_braces_and_before_them(name):
    assert latex.plain(f"x{{\\{name}}}y") == latex.plain(f"x\\{name}{{}}y") == f"x{latex.SYMBOLS[name]}y"


ADDRESSES = [
    (r"http://a.example/x\_y\%20z", "http://a.example/x_y%20z"),
    (r"\url{http://a.example/~b}", "http://a.example/~b"),
    (r"10.5555/a\_b--c", "10.5555/a_b--c"),
    (r"{http://a.example/\textasciitilde{}b}", "http://a.example/~b"),
]


@pytest.mark.parametrize(("written", "read"), ADDRESSES)
def test_addresses_lose_only_their_escapes(written, read):
    assert latex.verbatim(written) == read


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("ab \n{}\\$^_~\"'`-%&#vcdhi")), max_size=60))
def test_anything_is_read(text):
    assert isinstance(latex.plain(text), str)
    assert isinstance(latex.verbatim(text), str)


@given(st.text(st.characters(exclude_characters="\\{}$~`'-", exclude_categories=["Cs"]), max_size=60))
def test_text_without_latex_stays_word_for_word(text):
    assert latex.plain(text) == text


@pytest.mark.parametrize("piece", ["{", "}", "\\'", "$a_", "\\phantom ", "{\\it x", "~", "``", "\\href{", "\\\\"])
def test_no_text_takes_long(piece):
    begun = time.perf_counter()
    latex.plain(piece * 20_000)
    assert time.perf_counter() - begun < 2
