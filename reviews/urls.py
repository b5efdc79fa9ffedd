"""The addresses of the middle floor. Urls are places; every one of them has a row in the access table of the tests."""

from django.urls import path, register_converter

from reviews.models import StageName
from reviews.views import (
    conflicts,
    duplicates,
    export,
    home,
    importing,
    invitation,
    library,
    parts_page,
    prisma,
    reports,
    screen,
    settings,
    team,
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
    path(REVIEW + "settings/reasons/", settings.reasons, name="reasons"),
    path(REVIEW + "settings/criteria/", settings.criteria, name="criteria"),
    path(REVIEW + "settings/unblind/", settings.unblind, name="unblind"),
    path(REVIEW + "team/", team.team, name="team"),
    path(REVIEW + "team/<int:member_id>/", team.change, name="member"),
    path(REVIEW + "team/invitations/<int:invitation_id>/withdraw/", team.withdraw, name="withdraw"),
    path(REVIEW + "import/", importing.page, name="import"),
    path(REVIEW + "import/progress/", importing.progress, name="import-progress"),
    path(REVIEW + "import/jobs/<int:job_id>/cancel/", importing.cancel, name="cancel-job"),
    path(REVIEW + "searches/<int:search_id>/aside/", importing.aside, name="aside"),
    path(REVIEW + "dumps/<int:dump_id>/", importing.intake, name="intake"),
    path(REVIEW + "dumps/<int:dump_id>/file/", importing.download, name="dump-file"),
    path(REVIEW + "library/", library.library, name="library"),
    path(REVIEW + "works/<int:work_id>/", library.work, name="work"),
    path(REVIEW + "works/<int:work_id>/join/", duplicates.join, name="join"),
    path(REVIEW + "records/<int:record_id>/split/", duplicates.split, name="split"),
    path(REVIEW + "duplicates/", duplicates.duplicates, name="duplicates"),
    path(REVIEW + "duplicates/<int:match_id>/", duplicates.pair, name="pair"),
    path(REVIEW + "duplicates/undo/", duplicates.undo, name="undo-pair"),
    path(REVIEW + "screen/<stage:stage>/", screen.screen, name="screen"),
    path(REVIEW + "screen/<stage:stage>/undo/", screen.undo, name="screen-undo"),
    path(REVIEW + "screen/<stage:stage>/later/", screen.later, name="screen-later"),
    path(REVIEW + "screen/<stage:stage>/note/", screen.note, name="screen-note"),
    path(REVIEW + "conflicts/<stage:stage>/", conflicts.conflicts, name="conflicts"),
    path(REVIEW + "conflicts/<stage:stage>/undo/", conflicts.undo, name="conflicts-undo"),
    path(REVIEW + "reports/", reports.reports, name="reports"),
    path(REVIEW + "prisma/", prisma.prisma, name="prisma"),
    path(REVIEW + "prisma/flow.svg", prisma.figure, name="prisma-svg"),
    path(REVIEW + "export/", export.export, name="export"),
    path(REVIEW + "export/<str:list_name>.<str:file_format>", export.download, name="export-file"),
]
