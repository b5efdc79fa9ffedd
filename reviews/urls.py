"""The addresses of the middle floor. Urls are places; every one of them has a row in the access table of the tests."""

from django.urls import path, register_converter

from reviews.models import StageName
from reviews.views import (
    agreement,
    clusters,
    composing,
    conflicts,
    decisions,
    duplicates,
    export,
    history,
    home,
    importing,
    intake,
    invitation,
    known_items,
    library,
    marking,
    missing,
    parts_page,
    preview,
    prisma,
    progress,
    proposals,
    reports,
    rule,
    same,
    screen,
    searches,
    settings,
    studies,
    team,
    uploads,
)

app_name = "reviews"


class StageInPath:
    """`title-abstract` or `full-text` in an address; anything else is no page."""

    regex = "|".join(StageName.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(StageInPath, "stage")
REVIEW = "reviews/<int:review_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("reviews/new/", home.new, name="new"),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("parts/", parts_page.parts, name="parts"),
    path(REVIEW, home.overview, name="overview"),
    path(REVIEW + "settings/", settings.settings, name="settings"),
    path(REVIEW + "settings/reasons/", settings.reasons_page, name="reasons"),
    path(REVIEW + "settings/criteria/", settings.criteria, name="criteria"),
    path(REVIEW + "settings/rules/<stage:stage>/", rule.rule, name="rule"),
    path(REVIEW + "settings/protocol/", settings.protocol_page, name="protocol"),
    path(REVIEW + "settings/copy/", settings.copy, name="copy"),
    path(REVIEW + "settings/highlights/", marking.highlights, name="highlights"),
    path(REVIEW + "settings/labels/", marking.labels, name="labels"),
    path(REVIEW + "settings/unblind/", settings.unblind, name="unblind"),
    path(REVIEW + "team/", team.team, name="team"),
    path(REVIEW + "team/<int:member_id>/", team.change, name="member"),
    path(REVIEW + "team/invitations/<int:invitation_id>/withdraw/", team.withdraw, name="withdraw"),
    path(REVIEW + "import/", importing.page, name="import"),
    path(REVIEW + "import/progress/", importing.progress, name="import-progress"),
    path(REVIEW + "import/jobs/<int:job_id>/cancel/", importing.cancel, name="cancel-job"),
    path(REVIEW + "import/uploads/", uploads.begin, name="uploads"),
    path(REVIEW + "import/uploads/<uuid:upload_id>/", uploads.piece, name="upload"),
    path(REVIEW + "dumps/<int:dump_id>/preview/", preview.preview, name="preview"),
    path(REVIEW + "dumps/<int:dump_id>/decisions/", decisions.decisions, name="earlier-decisions"),
    path(REVIEW + "searches/<int:search_id>/aside/", importing.aside, name="aside"),
    path(REVIEW + "dumps/<int:dump_id>/", intake.intake, name="intake"),
    path(REVIEW + "dumps/<int:dump_id>/file/", intake.download, name="dump-file"),
    path(REVIEW + "dumps/<int:dump_id>/source/", intake.source, name="dump-source"),
    path(REVIEW + "dumps/<int:dump_id>/remove/", intake.remove, name="remove-stretches"),
    path(REVIEW + "dumps/<int:dump_id>/undo/", intake.undo, name="undo-import"),
    path(REVIEW + "dumps/<int:dump_id>/redo/", intake.redo, name="redo-import"),
    path(REVIEW + "stretches/<int:stretch_id>/", intake.stretch, name="stretch"),
    path(REVIEW + "searches/", searches.searches, name="searches"),
    path(REVIEW + "searches/nothing/", searches.nothing, name="search-nothing"),
    path(REVIEW + "searches/appendix/", searches.appendix_page, name="appendix"),
    path(REVIEW + "searches/appendix.<str:file_format>", searches.appendix_file, name="appendix-file"),
    path(REVIEW + "searches/<int:search_id>/", searches.search, name="search"),
    path(REVIEW + "searches/<int:search_id>/change/", searches.change, name="search-change"),
    path(REVIEW + "searches/<int:search_id>/nothing/", searches.nothing_here, name="search-nothing-here"),
    path(REVIEW + "known-items/", known_items.known_items, name="known-items"),
    path(REVIEW + "known-items/add/", known_items.add, name="known-items-add"),
    path(REVIEW + "known-items/<int:item_id>/remove/", known_items.remove, name="known-item-remove"),
    path(REVIEW + "missing-abstracts/", missing.missing, name="missing"),
    path(REVIEW + "works/<int:work_id>/abstract/", missing.give, name="give-abstract"),
    path(REVIEW + "records/<int:record_id>/take-back/", missing.take_back, name="take-back-filling"),
    path(REVIEW + "library/", library.library, name="library"),
    path(REVIEW + "works/<int:work_id>/", library.work, name="work"),
    path(REVIEW + "works/<int:work_id>/shown/", composing.choose, name="choose"),
    path(REVIEW + "works/<int:work_id>/shown/back/", composing.take_back, name="unchoose"),
    path(REVIEW + "records/<int:record_id>/split/", duplicates.split, name="split"),
    path(REVIEW + "duplicates/", duplicates.duplicates, name="duplicates"),
    path(REVIEW + "duplicates/<int:match_id>/", duplicates.pair, name="pair"),
    path(REVIEW + "duplicates/same/", same.same, name="same"),
    path(REVIEW + "duplicates/works/", clusters.clusters, name="clusters"),
    path(REVIEW + "duplicates/works/<int:work_id>/", clusters.cluster, name="cluster"),
    path(REVIEW + "duplicates/acts/", clusters.acts, name="acts"),
    path(REVIEW + "duplicates/acts/back/", clusters.take_back, name="act-back"),
    path(REVIEW + "duplicates/proposals/", proposals.proposals, name="proposals"),
    path(REVIEW + "duplicates/proposals/<int:proposal_id>/", proposals.proposal, name="proposal"),
    path(REVIEW + "duplicates/undo/", duplicates.undo, name="undo-pair"),
    path(REVIEW + "screen/<stage:stage>/", screen.screen, name="screen"),
    path(REVIEW + "screen/<stage:stage>/undo/", screen.undo, name="screen-undo"),
    path(REVIEW + "screen/<stage:stage>/redo/", screen.redo, name="screen-redo"),
    path(REVIEW + "screen/<stage:stage>/ahead/", screen.ahead, name="screen-ahead"),
    path(REVIEW + "screen/<stage:stage>/later/", screen.later, name="screen-later"),
    path(REVIEW + "screen/<stage:stage>/note/", screen.note, name="screen-note"),
    path(REVIEW + "screen/<stage:stage>/label/", screen.label, name="screen-label"),
    path(REVIEW + "conflicts/<stage:stage>/", conflicts.conflicts, name="conflicts"),
    path(REVIEW + "conflicts/<stage:stage>/undo/", conflicts.undo, name="conflicts-undo"),
    path(REVIEW + "agreement/", agreement.agreement, name="agreement"),
    path(REVIEW + "agreement/agreement.csv", agreement.file, name="agreement-file"),
    path(REVIEW + "reports/", reports.reports, name="reports"),
    path(REVIEW + "reports/studies/", studies.study, name="study"),
    path(REVIEW + "reports/studies/<uuid:act>/again/", studies.suggest_again, name="suggest-again"),
    path(REVIEW + "reports/<int:report_id>/take-out/", studies.take_out, name="take-out"),
    path(REVIEW + "prisma/", prisma.prisma, name="prisma"),
    path(REVIEW + "prisma/flow.svg", prisma.figure, name="prisma-svg"),
    path(REVIEW + "progress/", progress.progress, name="progress"),
    path(REVIEW + "history/", history.history, name="history"),
    path(REVIEW + "history/check/", history.check, name="history-check"),
    path(REVIEW + "export/", export.export, name="export"),
    path(REVIEW + "export/<str:list_name>.<str:file_format>", export.download, name="export-file"),
]
