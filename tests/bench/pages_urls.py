from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def static_page(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/static.html")


urlpatterns = [path("", include("newsarchive.urls")), path("bench/static/", static_page)]
