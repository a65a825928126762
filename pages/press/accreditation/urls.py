"""Below ``press/accreditation/``, in each language."""

from django.urls import path

from pages.press.accreditation import own_views, views

urlpatterns = [
    path("", views.form, name="press_accreditation"),
    path("sent/", views.sent, name="press_accreditation_sent"),
    path("confirm/<str:key>/", views.confirm, name="press_accreditation_confirm"),
    path("confirmed/", views.confirmed, name="press_accreditation_confirmed"),
    path("mine/", own_views.mine, name="press_accreditation_mine"),
    path("mine/renew/", own_views.renew, name="press_accreditation_renew"),
    path("mine/erase/", own_views.erase, name="press_accreditation_erase"),
    path("terms/", own_views.read_terms, name="press_accreditation_terms"),
]
