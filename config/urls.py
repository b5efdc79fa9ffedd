"""Root of all addresses. Each floor brings its own."""

from django.urls import include, path

from config import errors

urlpatterns = [
    path("healthz/", errors.healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("reviews.urls")),
    path("", include("themes.urls")),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many  # looked up by allauth's rate limits
handler500 = errors.server_error
