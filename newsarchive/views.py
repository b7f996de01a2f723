from django.http import HttpRequest, HttpResponse


def article(request: HttpRequest, pk: int) -> HttpResponse:
    raise NotImplementedError


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing of the database or the index (that is /readyz)."""
    return HttpResponse("ok\n", content_type="text/plain")
