"""Entries written as programs write them are taken at once; that gives what going through them line by line gives."""

import pytest

from records.readers import base, bibtex_syntax, endnote_xml, nbib, read, ris, tagged, wos
from records.readers.base import Source

RIS = """words of the provider

TY  - JOUR
AU  - Ames, Bea
AU  - Cole, Dee
TI  - Peer support: a trial
KW  - peers
follow-up
nurses
N1  - a note that
goes on - with a dash
XX  - a tag that nobody knows
ER  - \x20


TY  - BOOK
TI  - A book whose end mark is missing
TY  - JOUR
TI  - With a gap

below it
PMID  - 123
ER  -
TY  - JOUR
TI - A dash out of place
ER  - something behind the mark
TY  - JOUR
TI  - The last one
ER"""
NBIB = """PMID- 1
OWN - NLM
TI  - A title that goes on
      below its beginning,\x20
        and again.
FAU - Ames, Bea
XX  -\x20
AB  - One.
MH  - Hope

PMID- 2
TI  - Broken by a blank line

AB  - but the same entry.

OWN - ERIC
TI  - Another
no blanks before this line

PMID- 3
TI  - Two in one stretch
PMID- 4
TI  - The last"""
WOS = """FN Some Export
VR 1.0
PT J
AU Ames, B
   Cole, D
TI Peer support
   a trial
XX unknown
CR Dahl, 2001
   Holt, 2002
ER

PT J
TI Blank inside
\x20\x20\x20\x20
   and on
DE
ER
PT J
TI No end mark
PT J
TI A line without
its blanks
ER more
UT WOS:1
ER
EF
"""
BIBTEX = """% a remark
@string{jrn = {Journal of Hope}}
@article{ames1,
  author = {Ames, Bea and {Dahl Group} and Erik von Holt},
  title = {The {{Big}} one: {a {b {c}}} and on},
  journal = jrn,
  year = 2001,
  month = mar # "~3",
  abstract = {Two
  lines, ames@rowan.example}
}
@comment{
@article{inside,
  title = {In a comment}
}
}
@article{cole2,
  title = {Plain},
  journal = jrn,
  _odd = {1},
  year = {2002},
}

  note = {behind the end}
@misc{dahl3, title = {In one line}}
@book{holt4,
  title = {A brace too few,
  year = 2003
}
@article{two words,
  title = "Quoted",
}
@article{lund5,
  title = {Last}
}"""
STYLE = '<style face="normal" font="default" size="100%">'
ENDNOTE = f"""<?xml version="1.0"?><xml><records><record><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author>{STYLE}Ames, Bea</style></author><author><style face="a &amp; b">Cole</style>, Dee</author>
</authors></contributors><titles><title>{STYLE}One </style><style face="italic">two</style> three<style/></title></titles>
<abstract>{STYLE}All &lt;in&gt; one</style></abstract></record><record><titles><title><![CDATA[{STYLE}kept</style>]]></title>
</titles></record><record><titles><title>{STYLE}Two <style>in</style> it</style></title></titles></record></records></xml>"""
EXPORTS = {"ris": RIS, "nbib": NBIB, "wos": WOS, "bibtex": BIBTEX, "endnote": ENDNOTE}


def line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ris, nbib, wos):
        monkeypatch.setattr(module, "_plain", lambda *_entry: None)
    monkeypatch.setattr(bibtex_syntax, "_usual", lambda *_entry: None)


def everything(text: str) -> list[str]:
    return [repr(each) for each in read(Source.of(text.encode()))]


@pytest.mark.parametrize("name", [name for name in EXPORTS if name != "endnote"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1 << 14, 7])
def test_at_once_is_as_line_by_line(monkeypatch, name, ends, size):
    monkeypatch.setattr(base, "PIECE", size)
    for text in (EXPORTS[name], EXPORTS[name] + "\n", EXPORTS[name][: len(EXPORTS[name]) // 2]):
        at_once = everything(text.replace("\n", ends))
        with monkeypatch.context() as slow:
            line_by_line(slow)
            assert at_once == everything(text.replace("\n", ends))
        assert at_once


@pytest.mark.parametrize(("module", "name"), [(ris, "ris"), (nbib, "nbib"), (wos, "wos")])
def test_the_usual_entry_is_taken_at_once(monkeypatch, module, name):
    taken = []
    plain = module._plain
    monkeypatch.setattr(module, "_plain", lambda *entry: taken.append(plain(*entry)) or taken[-1])
    everything(EXPORTS[name])
    assert taken[0] is not None and None in taken


def test_bibtex_entries_that_programs_write_are_taken_at_once(monkeypatch):
    taken = []
    usual = bibtex_syntax._usual
    monkeypatch.setattr(bibtex_syntax, "_usual", lambda *entry: taken.append(usual(*entry)) or taken[-1])
    everything(BIBTEX)
    assert "cole2" in [each.key for each in taken if each]


@pytest.mark.parametrize("size", [1 << 14, 7])
def test_runs_of_text_that_the_parser_never_sees_are_read_as_those_it_does_see(monkeypatch, size):
    monkeypatch.setattr(base, "PIECE", size)
    unseen = everything(ENDNOTE)
    with monkeypatch.context() as seen:
        seen.setattr(
            endnote_xml, "SHAPE", endnote_xml.xml.Shape(frozenset({"record"}), endnote_xml._fill, frozenset({"style"}))
        )
        assert unseen == everything(ENDNOTE)
    assert len(unseen) == 3 and STYLE in unseen[1]


def test_a_line_without_end_is_not_searched_again_and_again():
    """A piece that ends no line is only put aside: an export may hold one line of any length."""
    rows = list(tagged.given(Source.of("TY  - JOUR\n" + "x" * 300_000), ("TY  - ",), ris._ends, ris._plain))
    assert [(number, len(line)) for number, line, _draft in rows] == [(1, 10), (2, 300_000)]
