"""How a file that somebody handed in is given: to be kept, never opened here. Whoever calls has checked the right."""

from django.http import FileResponse, Http404, HttpResponse

from matching.partnerships.attachments import opened
from matching.partnerships.models import StoredFile


def handed_over(stored: StoredFile) -> HttpResponse:
    """The file. Raises Http404 where it is gone."""
    try:
        file = opened(stored)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=stored.name, content_type=stored.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
