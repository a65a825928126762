"""Addresses of the portal, below a language."""

from django.urls import path

from media.downloads import portal

urlpatterns = [path("press/downloads/", portal.downloads, name="press_downloads")]
