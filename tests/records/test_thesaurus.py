"""Keywords stay together as each format states them; those that an indexer gave are named beside them."""

import pytest

from records import clean
from records.readers import Draft, Source, read

MESH = "<MeshHeadingList><MeshHeading><DescriptorName>Tea</DescriptorName></MeshHeading></MeshHeadingList>"
STATED = {
    "nbib": ("PMID- 90000001\nTI  - Cups\nOT  - porters\nMH  - *Tea\n", ["porters", "Tea"], ["Tea"]),
    "ERIC": ("OWN - ERIC\nTI  - Cups\nOT  - Tea\n", ["Tea"], ["Tea"]),
    "PubMed XML": (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>90000001</PMID><Article><ArticleTitle>Cups</ArticleTitle>"
        f"</Article>{MESH}<KeywordList><Keyword>porters</Keyword></KeywordList></MedlineCitation></PubmedArticle></PubmedArticleSet>",
        ["porters", "Tea"],
        ["Tea"],
    ),
    "Web of Science": ("FN x\nVR 1.0\nPT J\nTI Cups\nDE porters\nID TEA; REST\nER\n\nEF\n", ["porters", "TEA", "REST"], ["TEA", "REST"]),
    "Ovid": ("<1. >\nTI  - Cups\nAB  - Tea.\nKW  - porters\nMH  - Tea\nSH  - Rest\n", ["porters", "Tea", "Rest"], ["Tea", "Rest"]),
    "Scopus": (
        "Authors,Title,Year,DOI,Author Keywords,Index Keywords\nAmes B.,Cups,2019,10.5555/t.1,porters; cups,tea; rest\n",
        ["porters", "cups", "tea", "rest"],
        ["tea", "rest"],
    ),
    "Embase": (
        '"TITLE","Cups"\n"AUTHOR KEYWORDS","porters"\n"EMTREE MEDICAL INDEX TERMS","tea (major focus), rest"\n"DOI","10.5555/t.1"\n',
        ["porters", "tea", "rest"],
        ["tea", "rest"],
    ),
    "DataCite": (
        '{"data": [{"id": "10.5555/t.1", "attributes": {"doi": "10.5555/t.1", "titles": [{"title": "Cups"}], "subjects": '
        '[{"subject": "porters"}, {"subject": "Tea", "subjectScheme": "MeSH"}]}}]}',
        ["porters", "Tea"],
        ["Tea"],
    ),
    "BibTeX": ("@article{a,\n title = {Cups},\n keywords = {porters},\n keywords-plus = {TEA; REST}\n}\n", ["porters", "TEA", "REST"], ["TEA", "REST"]),
    "RIS": ("TY  - JOUR\nTI  - Cups\nKW  - porters\nER  - \n", ["porters"], []),
}  # fmt: skip


@pytest.mark.parametrize("form", STATED)
def test_the_indexers_words_are_known_among_the_keywords(form):
    text, keywords, thesaurus = STATED[form]
    (one,) = [clean.draft(each) for each in read(Source.of(text)) if isinstance(each, Draft)]
    assert (one.keywords, one.thesaurus) == (keywords, thesaurus)


def test_a_statement_of_rights_with_a_field_of_its_own_is_kept():
    (one,) = [clean.draft(each) for each in read(Source.of("PMID- 90000001\nTI  - Cups\nCI  - (c) 2019 Tea House.\n"))]
    assert one.copyright == "(c) 2019 Tea House."
