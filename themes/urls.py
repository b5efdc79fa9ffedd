"""The addresses of the top floor: places under a review, with a trailing slash."""

from django.urls import path

from reviews.urls import REVIEW
from themes.views import board, coding, matrix

app_name = "themes"
THEMES = REVIEW + "themes/"

urlpatterns = [
    path(THEMES, board.themes, name="themes"),
    path(THEMES + "works/<int:work_id>/", coding.code, name="code"),
    path(THEMES + "undo/", coding.undo, name="code-undo"),
    path(THEMES + "codings/<uuid:coding_id>/remove/", coding.uncode, name="uncode"),
    path(THEMES + "codes/", board.new_code, name="codes"),
    path(THEMES + "codes/<uuid:code_id>/", board.change_code, name="codes"),
    path(THEMES + "new/", board.new_theme, name="theme"),
    path(THEMES + "<uuid:theme_id>/", board.change_theme, name="theme"),
    path(THEMES + "<uuid:theme_id>/codes/", board.theme_codes, name="theme-codes"),
    path(THEMES + "matrix/", matrix.matrix, name="matrix"),
    path(THEMES + "quotes/", matrix.quotes, name="quotes"),
]
