"""All screens, journey by journey. Mounted at the root, in French without prefix."""

from django.urls import include, path

from matching.screens.applications.urls import urlpatterns as applications
from matching.screens.assisted.urls import urlpatterns as assisted
from matching.screens.calls.urls import urlpatterns as calls
from matching.screens.collective.urls import urlpatterns as collective
from matching.screens.member.urls import urlpatterns as member
from matching.screens.moderation.urls import urlpatterns as moderation
from matching.screens.notices.urls import urlpatterns as notices
from matching.screens.officer.urls import urlpatterns as officer
from matching.screens.partnerships.urls import urlpatterns as partnerships
from matching.screens.register.urls import urlpatterns as register
from matching.screens.scarcity.urls import urlpatterns as scarcity
from matching.screens.threads.urls import urlpatterns as threads

urlpatterns = [
    path("", include("matching.screens.public.urls")),
    *member,
    *officer,
    *register,
    *collective,
    *assisted,
    *threads,
    *applications,
    *scarcity,
    *calls,
    *partnerships,
    *notices,
    *moderation,
]
