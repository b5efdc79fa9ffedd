"""The words that pages of many houses put before a value, in English, Chinese, Spanish, Portuguese, German and French.

`label` says what a line's label means and what stands behind it. The words for whole sections, headings of structured
abstracts and furniture (menus, buttons, banners) live here too: a table, no logic of pages.
"""

import re
from functools import lru_cache

from records.readers.pages.page import narrow

# What follows the label -> the labels. The values of "history", "others" (people who are no authors) and "aside" are none of
# the record's fields.
WORDS = {
    "title": "title|article title|document title|paper title|titulo|título|titel|titre|题名|篇名|标题|论文题目|题目|文题|中文题名|论文标题",
    "alt_title": "english title|translated title|original title|título original|título en inglés|título em inglês|título traducido|"
                 "titre traduit|titre en anglais|originaltitel|英文题名|英文标题|英文篇名|外文题名",
    "authors": "author|authors|author(s)|author/s|authors list|autor|autores|autor(es)|autora|autoras|autor/in|autor*in|autor:in|autoren|"
               "autorin|autor(en)|autor*innen|autor:innen|verfasser|verfasser/in|verfasserin|verfasser(in)|verfasst von|auteur|auteurs|"
               "auteur(s)|auteurs et autrices|auteur·e·s|作者|作者姓名|著者|论文作者",
    "affiliations": "affiliation|affiliations|author affiliations|authors and affiliations|authors' affiliations|afiliación|afiliaciones|"
                    "filiación|afiliação|afiliações|zugehörigkeit|zugehörigkeiten|institutionen|机构|单位|作者单位|作者机构|第一作者单位",
    "journal": "journal|journal title|journal name|source|source title|publication|publication title|revista|publicado en|publicado em|"
               "published in|periódico|zeitschrift|erschienen in|in|quelle|enthalten in|revue|publié dans|paru dans|nom de la revue|"
               "期刊|刊名|来源|文献来源|期刊名称|出处|来源期刊|发表期刊|fuente|fonte|título de la revista|título da revista|zeitschriftentitel",
    "citation": "年，卷(期)|年,卷(期)|年卷期|卷期|年/卷/期|volume/issue|volume and issue|citation|cite this as|cite this article as|"
                "引用格式|引用本文|how to cite|how to cite this article|cómo citar|como citar|cómo citar este artículo|"
                "zitierweise|zitieren als|pour citer cet article|citer|référence|cite this article|cite as|zitation|"
                "suggested citation|recommended citation|to cite this article|référence bibliographique",
    "year": "year|publication year|year of publication|year published|año|año de publicación|ano|ano de publicação|jahr|"
            "erscheinungsjahr|publikationsjahr|année|année de publication|年份|出版年|出版年份|发表年份|年代|发表年",
    "date": "published|published online|first published|first published online|publication date|date of publication|date published|"
            "online publication date|available online|version of record|issue date|issue published|article published|publicado|publicación|"
            "fecha de publicación|fecha publicación|publicado en línea|data de publicação|publicação|veröffentlicht|erschienen|"
            "online veröffentlicht|veröffentlichungsdatum|erscheinungsdatum|publikationsdatum|date de publication|publié|publié le|"
            "date de parution|parution|出版日期|发表时间|发布时间|发表日期|出版时间|刊出日期|发布日期|出刊日期|publicado el|posted",
    "volume": "volume|vol|vol.|volumen|band|bd.|tome|卷|卷号|jahrgang",
    "issue": "issue|number|no.|número|num.|núm.|heft|numéro|期|期号|issue number|ausgabe",
    "pages": "pages|page|page range|pages range|páginas|página|págs.|pp.|seiten|seite|pagination|页码|起止页码|页|起始页码|seitenangabe",
    "doi": "doi|digital object identifier|article doi|d o i|doi number|digital object identifier (doi)|identificador doi",
    "pmid": "pmid|pubmed id|pubmed",
    "pmcid": "pmcid|pmc id",
    "issn": "issn|e-issn|eissn|p-issn|isbn|online issn|print issn",
    "abstract": "abstract|summary|abstracts|resumen|resumo|zusammenfassung|kurzfassung|kurzzusammenfassung|résumé|resume|摘要|内容摘要|"
                "中文摘要|英文摘要|文摘|内容提要|a b s t r a c t|resumé|abstract (english)|abstract (english version)|abstract (englisch)|"
                "résumé (français)|english abstract|author abstract|resumen en español|extended abstract|article abstract",
    "keywords": "keywords|key words|keyword|keyword(s)|author keywords|index terms|palabras clave|palabras claves|palabra clave|"
                "palavras-chave|palavras chave|descritores|descriptores|schlüsselwörter|schlagwörter|schlagworte|stichwörter|"
                "stichworte|mots-clés|mots clés|mots-clefs|mots clefs|关键词|关键字|中文关键词|英文关键词|unitermos|key-words|"
                "keywords (english)|palabras-clave|mots-clés auteurs|mots-clés (anglais)|descripteurs|主题词",
    "language": "language|languages|idioma|língua|lengua|sprache|langue|语种|语言|document language|text language|sprache(n)",
    "type": "publication type|document type|article type|tipo de documento|tipo de artículo|dokumenttyp|publikationstyp|type de document|"
            "文献类型|文章类型|type of publication",
    "publisher": "publisher|editorial|editora|verlag|éditeur|出版社|出版者|出版商",
    "history": "received|accepted|revised|submitted|submission received|received date|accepted date|recibido|aceptado|aprobado|recebido|"
               "aceito|aprovado|eingegangen|angenommen|reçu|accepté|收稿日期|修回日期|接受日期|received in revised form|copyright|"
               "在线公开时间|网络首发|投稿时间|录用日期|eingereicht|reçu le|accepté le|date of submission|date submitted|last updated|updated",
    "others": "editor|editors|academic editor|academic editors|edited by|reviewed by|handling editor|correspondence|corresponding author|"
              "correspondence to|correspondencia|correspondência|korrespondenz|通讯作者|作者简介|责任编辑|herausgeber|éditeur scientifique|"
              "editado por|editores|reviewers",
    "aside": "funding|funding information|license|licence|licencia|licença|lizenz|rights|competing interests|conflict of interest|"
             "conflicts of interest|citations|views|downloads|metrics|altmetric|corpus id|url|link|standort|signatur|bestand|"
             "verfügbarkeit|umfang|专辑|专题|分类号|中图分类号|基金|基金资助|被引频次|下载频次|下载量|浏览量|机标分类号|页数|在线出版日期|"
             "domaine|domaines|collections|type de publication|identifiants|status|estado|section|sección|seção|rubrik|subject|subjects|"
             "subject areas|mesh terms|publication types|substances|grants and funding|grant support|associated data|comment in|"
             "erratum in|conflict of interest statement|declaration of competing interest|author contributions|data availability|"
             "supplementary materials|highlights",
}  # fmt: skip
LABELS = {word: kind for kind, words in WORDS.items() for word in words.split("|")}
LONGEST = max(map(len, LABELS))
MOST = 20_000  # characters; a longer line has no label
CACHED = 4096  # lines: a page is looked at more than once
# Also without a colon: the label, then the text ("Abstract. We asked ...", "KEYWORDS tea; kettles", "[摘要] ...").
LABEL = re.compile(r"^[\[【〔［(]?\s*([^:：\]】〕］]{1,40}?)\s*[\]】〕］]?\s*(?:[:：]\s*(.*))?$")
BRACKETED = re.compile(r"^[\[【〔［]\s*([^\]】〕］]{1,24}?)\s*[\]】〕］]\s*[:：]?\s*(\S.*)$")
FOLLOWED = re.compile(
    r"^(abstract|summary|resumen|resumo|zusammenfassung|résumé|摘\s*要|关\s*键\s*词|keywords|key words|palabras clave|palavras-chave|"
    r"schlüsselwörter|mots-clés)\s*(?:[.—–]\s*|-\s+|\s\|\s)(\S.*)$",
    re.I,
)
SHOUTED = re.compile(
    r"^(ABSTRACT|SUMMARY|KEYWORDS|KEY WORDS|RESUMEN|RESUMO|PALABRAS CLAVE|PALAVRAS-CHAVE)\s+(?=[A-Z])(\S.*)$"
)
NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,4})[.)]?\s+(?=\S)")

# Sections: what follows is not the record's own. "over": other papers; "text": the paper itself; "about": labels count again.
SECTIONS = {
    "over": "references|bibliography|literature cited|works cited|literature|literatur|literaturverzeichnis|referencias|"
            "referencias bibliográficas|referências|referências bibliográficas|bibliografía|bibliografia|bibliographie|références|"
            "références bibliographiques|参考文献|引证文献|similar articles|related articles|related content|related papers|"
            "recommended articles|recommended|recommendations|recommended reading|cited by|cited by other articles|citing articles|"
            "citing literature|people also read|similar content being viewed by others|similar content|you may also like|"
            "others also viewed|more like this|most read|most cited|latest articles|trending|artículos relacionados|"
            "artículos similares|artigos relacionados|artigos similares|ähnliche artikel|ähnliche titel|verwandte artikel|"
            "articles similaires|articles liés|sur le même sujet|à lire également|cité par|相似文献|相关文献|相关文章|推荐文章|"
            "相关论文|同被引文献|二级参考文献|共引文献|引证文献网络|linked articles|more from this journal|also in this issue|in this issue|"
            "article references|see all similar articles|explore related subjects|from the same authors|papers citing this paper|"
            "figures and tables|related research|referencias citadas|read next|weitere titel|相关推荐|你可能感兴趣",
    "text": "introduction|introducción|introdução|einleitung|einführung|引言|前言|main text|full text|full-text|texto completo|volltext|"
            "texte intégral|section snippets|article sections|figures|figures (0)|tables|acknowledgements|acknowledgments|"
            "acknowledgement|agradecimientos|agradecimentos|danksagung|remerciements|致谢|plan|plan de l'article|outline|contents|"
            "table of contents|inhalt|inhaltsverzeichnis|sommaire|sumario|sumário|article contents|notes|footnotes|comments|"
            "supplementary information|supplementary material|supporting information|data availability|data availability statement|"
            "availability of data and materials|author contributions|authors' contributions|conflict of interest|"
            "conflict of interest statement|conflicts of interest|competing interests|declaration of interests|disclosure statement|"
            "funding|graphical abstract|plain language summary|highlights|linkout - more resources|mesh terms|substances|"
            "publication types|supplementary concepts|associated data|grants and funding|full text sources|key points|"
            "what this paper adds|ethics approval|abbreviations|appendix|background and significance|keywords plus|download pdf|"
            "topics|tl;dr|tldr|chapter preview|preview|access options|access this article|get access|buy this article|log in|subscribe",
    "about": "about this article|article information|article info|information|publication history|author information|authors|"
             "rights and permissions|additional information|cite this article|metadata|bibliographic information|details|"
             "información del artículo|informações do artigo|bibliographische angaben|bibliografische angaben|"
             "informations sur l'article|文章信息|基本信息",
}  # fmt: skip
SECTION = {word: kind for kind, words in SECTIONS.items() for word in words.split("|")}

HEADINGS = frozenset(
    "background|introduction|objective|objectives|aim|aims|aims and objectives|purpose|rationale|context|method|methods|design|"
    "study design|setting|settings|participants|patients|subjects|sample|population|materials and methods|material and methods|"
    "patients and methods|subjects and methods|methods and findings|methods and analysis|methods/design|design and methods|"
    "results|findings|main results|discussion|conclusion|conclusions|implications|interpretation|limitations|importance|"
    "trial registration|registration|funding|significance|significance statement|intervention|interventions|exposure|exposures|"
    "main outcomes and measures|main outcome measures|outcome measures|measurements|measures|data sources|data extraction|"
    "study selection|data synthesis|eligibility criteria|search methods|selection criteria|data collection and analysis|"
    "ethics and dissemination|prospero registration number|systematic review registration|clinical trial registration|"
    "practice implications|implications for practice|relevance to clinical practice|implications for nursing|"
    "patient or public contribution|patient and public involvement|public contribution|author summary|conclusions and relevance|"
    "authors' conclusions|originality/value|originality|design/methodology/approach|research limitations/implications|"
    "practical implications|social implications|policy implications|background and aims|background and objectives|"
    "background/objectives|background & aims|aim and objectives|clinical relevance|level of evidence|"
    "antecedentes|introducción|objetivo|objetivos|método|métodos|metodología|material y métodos|materiales y métodos|"
    "pacientes y métodos|resultados|discusión|conclusión|conclusiones|diseño|participantes|fundamentos|justificación|"
    "introdução|metodologia|material e métodos|materiais e métodos|resultados e discussão|discussão|conclusão|conclusões|"
    "considerações finais|contexto|justificativa|"
    "hintergrund|einleitung|fragestellung|ziel|ziele|zielsetzung|ziel der arbeit|methode|methoden|methodik|material und methoden|"
    "patienten und methoden|material und methode|ergebnis|ergebnisse|diskussion|schlussfolgerung|schlussfolgerungen|fazit|"
    "contexte|objectif|objectifs|but|méthode|méthodes|méthodologie|matériel et méthodes|patients et méthodes|résultats|discussions|"
    "目的|方法|结果|结论|背景|讨论|目标|对象与方法|资料与方法|材料与方法|研究背景|局限性".split("|")
)

# Lines that are the site's, whatever stands round them.
FURNITURE = re.compile(
    r"^(?:skip to (?:main )?(?:content|article|navigation).*|(?:home|inicio|início|startseite|accueil|首页)(?:\s*[>›»/|].*)?|menu|menú|search|"
    r"buscar|suche|rechercher|suchen|advanced search|advanced|log ?in|sign (?:in|up).*|register|subscribe|my account|help|contact(?: us)?|"
    r"about(?: us)?|.{0,80}\b(?:uses?|using|accept|our|these|manage|all|essential|utilizamos|usamos|verwendet|utilise)\b.{0,30}\bcookies\b.*|"
    r"cookies?(?: (?:settings|policy|preferences|notice))?|accept(?: all)?|reject all|privacy policy|terms (?:of|and|&) .{0,30}|"
    r"(?:download|view|get|read|open|save|export|print|descargar|baixar|herunterladen|télécharger|consulter)\s(?:the\s|this\s|full\s|as\s|in\s|to\s|el\s|o\s|le\s|en\s)*"
    r"(?:pdf|epub|xml|html|article|articles|full|text|citations?|file|figures?|paper|access|browser|now|chapter|metrics|publisher|artículo|artigo|libro)\b.{0,25}|"
    r"download|descargar|baixar|herunterladen|télécharger|下载|在线阅读|(?:下载|查看|导出|免费).{0,12}|view|save|print|export|"
    r"view on .{0,30}|pdf(?: .{0,25})?|epub|html|xml|share(?: (?:this|on|via|article|link|full|the)\b.{0,30})?|compartir|compartilhar|teilen|"
    r"partager|分享|收藏|引用|打印|cite|citation tools?|citar|zitieren|permalink|copy|copied!?|email|e-mail|facebook|twitter|linkedin|reddit|x|"
    r"(?:en|es|pt|fr|de|it|zh)(?:[\s/|]+(?:en|es|pt|fr|de|it|zh))*|wechat|whatsapp|add to .{0,30}|set .{0,20}alert|create alert|follow|bookmark|tools|favorites|actions|collections|"
    r"open access|free access|free article|free pmc article|full access|restricted access|peer[- ]reviewed|open access\s*peer[- ]reviewed|"
    r"acceso abierto|acesso aberto|accès libre|freier zugang|check for updates|crossmark|"
    r"author links open overlay panel|show (?:more|less|all)\b.{0,30}|read more|see more|expand(?: all)?|collapse|more|less|"
    r"get rights and content|rights and content|view all authors.{0,30}|affiliations? (?:expand|collapse)|authors?\s*(?:info|information)|"
    r"(?:journals?|books?)(?:\s*[&|]\s*(?:journals?|books?))?|browse|issues|current issue|all issues|latest issue|"
    r"[\d,.]+\s*(?:k\s*)?(?:accesses|citations?|views|reads|downloads|altmetric|crossref citations.*|mentions|shares|saves)|"
    r"(?:accesses|citations?|altmetric|views|reads|downloads|explore all metrics|metrics|article metrics|total downloads)(?:\s*[:：]?\s*[\d,.]+k?)?|"
    r"submit (?:an |your )?(?:article|manuscript|paper).{0,20}|journal homepage|aims and scope|editorial board|browse (?:all|by|the)\b.{0,30}|"
    r"peer review(?: reports?| file| history)?|version of record|orcid.{0,60}|https?://orcid\.org/\S+|images?|"
    r"an official website of the united states government.*|here.s how you know.*|the \.gov means.*|user guide|clipboard|display options|"
    r"full text links|linkout.*|page navigation|title & authors|figures|all journals|sciencedirect|pubmed|springerlink|springer nature link|"
    r"wiley online library|sage journals|taylor & francis online|mdpi|semantic scholar|scielo(?: \w{3,12})?|redalyc(?:\.org)?|"
    r"cairn\.info|persée|中国知网|cnki|万方数据.{0,12}|知网|hal(?: open science)?|researchgate|google scholar|\||[>›»•·*\-–—_=]{1,40}|\d{1,4})$",
    re.I,
)
TYPES = re.compile(
    r"^(?:original (?:research |investigation|paper|article|contribution|scientific report)?(?:article|paper)?|research(?: (?:article|paper|note|letter|report))?|"
    r"(?:open access\s*)?(?:article|articles|review|reviews|editorial|letter|commentary|protocol|case report|brief report|short (?:report|communication))|"
    r"review article|systematic review(?: and meta-analysis)?|systematic reviews?|meta-analysis|clinical trial|randomized controlled trial|"
    r"randomised controlled trial|study protocol|scoping review|qualitative (?:research|study)|comparative study|observational study|preprint|"
    r"artículos?(?: (?:de investigación|original(?:es)?|de revisión))?|artigos?(?: (?:original|originais|de revisão))?|artigo de pesquisa|"
    r"artículo\s*/\s*investigación|investigación|originalarbeit|originalien|übersicht(?:sarbeit)?|aufsatz|forschungsartikel|zeitschriftenartikel|"
    r"article (?:de recherche|original|dans une revue)|article de revue|pré-publication|journal article|原著|论著|综述|研究论文|学术论文|"
    r"full length article|original investigation)$",
    re.I,
)
COPYRIGHT = re.compile(
    r"^(?:©|\(c\)\s|copyright\b|derechos\b.{0,20}reservados|all rights reserved|版权所有|published by\b)|^.{0,20}©",
    re.I,
)


def plain(text: str) -> str:
    """A word or heading as the tables spell it: small letters, one space, no colon behind and no number before."""
    return " ".join(NUMBERED.sub("", text.strip()).strip(" :：.*•-–—#").casefold().split())


@lru_cache(maxsize=CACHED)
def label(line: str) -> tuple[str, str]:
    """(what a line's label means, the value behind it); ("", "") for a line without a known label."""
    if len(line) > MOST:
        return "", ""
    line = narrow(line)
    found = LABEL.match(line)
    if found and (kind := _meaning(found.group(1))):
        value = (found.group(2) or "").strip()
        return (kind, value) if kind != "journal" or value or found.group(1).strip().casefold() != "in" else ("", "")
    found = BRACKETED.match(line)
    if found and (kind := _meaning(found.group(1))):
        return kind, found.group(2).strip()
    found = FOLLOWED.match(line) or SHOUTED.match(line)
    if found and (kind := _meaning(found.group(1))):
        return kind, found.group(2).strip()
    return "", ""


def _meaning(words: str) -> str:
    if len(words) > LONGEST + 6:
        return ""
    text = " ".join(words.casefold().strip(" .*#").split())
    bare = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", text)
    return LABELS.get(text) or LABELS.get(text + ".") or LABELS.get(bare, "")


@lru_cache(maxsize=CACHED)
def section(line: str) -> str:
    """What kind of section a heading line opens: "over", "text" or "about"; "" for any other line."""
    if len(line) > 60:
        return ""
    text = plain(re.sub(r"\s*[(（]\s*\d*\s*[)）]?\s*$", "", line))
    return SECTION.get(text, "")


@lru_cache(maxsize=CACHED)
def heading(line: str) -> bool:
    """Whether a line is the heading of a part of a structured abstract, alone on its line."""
    return len(line) < 60 and plain(line) in HEADINGS


@lru_cache(maxsize=CACHED)
def furniture(line: str) -> bool:
    """Whether a line is the site's own: a button, a menu, a banner, a counter."""
    return bool(len(line) < 400 and FURNITURE.match(line))
