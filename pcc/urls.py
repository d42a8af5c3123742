"""Every address of the service. French without prefix, English under /en/."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtail_admin_urls
from wagtail.contrib.sitemaps import Sitemap
from wagtail.documents import urls as wagtail_document_urls
from wagtail.documents.views import serve as wagtail_document_views

from matching.screens.photos import photo_file
from pcc import components

admin.autodiscover()
# Pages and documents are public unless Wagtail's own rules say otherwise.
for public_view in (wagtail_views.serve, wagtail_document_views.serve):
    login_not_required(public_view)
admin.site.site_header = admin.site.site_title = "Partenariats citoyens"
admin.site.login = secure_admin_login(admin.site.login)
# Wagtail brings two login forms of its own, which do not count wrong guesses: they lead to the only door.
to_the_only_door = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))

urlpatterns = [
    path("gestion/", admin.site.urls),
    path("redaction/login/", to_the_only_door),
    path("_util/login/", to_the_only_door),
    path("redaction/", include(wagtail_admin_urls)),
    path("documents/", include(wagtail_document_urls)),
    path("sitemap.xml", login_not_required(sitemap), {"sitemaps": {"pages": Sitemap}}, name="sitemap"),
    re_path(r"^media/(?P<path>photos/[0-9a-f]{32}\.webp)$", photo_file, name="photo"),
    # Pictures that editors uploaded, re-encoded by Wagtail. A web server in front may serve them instead.
    re_path(r"^media/(?P<path>images/.*)$", login_not_required(serve), {"document_root": settings.MEDIA_ROOT}),
]
urlpatterns += i18n_patterns(
    path("compte/", include("allauth.account.urls")),
    path("composants/", components.page, name="components"),
    path("", include("cms.urls")),
    path("", include("matching.screens.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
