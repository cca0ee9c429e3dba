"""The patient's pages. Every address carries the patient's code, since one login may open two records."""

from django.urls import path

from patients.portal import calendars, invitations, messages_sent, my_day, my_reminders, reaching, views
from patients.portal.supplies import pages as supplies
from patients.portal.tapers import pages, taps, writing

app_name = "portal"
urlpatterns = [
    path("invitation/<slug:code>/<slug:secret>/", invitations.accept, name="accept"),
    path("<slug:code>/", views.home, name="home"),
    path("<slug:code>/tick/", views.tick, name="tick"),
    path("<slug:code>/untick/", views.untick, name="untick"),
    path("<slug:code>/my-day/", my_day.my_day, name="my-day"),
    path("<slug:code>/my-day/reminders/", my_reminders.save, name="day-reminders"),
    path("<slug:code>/my-day/day.pdf", my_day.sheet, name="day-sheet"),
    path("<slug:code>/calendar/", calendars.own_calendar, name="calendar"),
    path("<slug:code>/messages/", messages_sent.page, name="messages"),
    path("<slug:code>/reaching/", reaching.page, name="reaching"),
    path("<slug:code>/at-home/", supplies.page, name="at-home"),
    path("<slug:code>/at-home/count/", supplies.count, name="count-at-home"),
    path("<slug:code>/at-home/list.pdf", supplies.printed, name="shopping-list"),
    path("<slug:code>/steps/<slug:taper_code>/", pages.steps, name="steps"),
    path("<slug:code>/steps/<slug:taper_code>/calendar.pdf", calendars.sheet, name="calendar-sheet"),
    path("<slug:code>/steps/<slug:taper_code>/use/", taps.use, name="use"),
    path("<slug:code>/steps/<slug:taper_code>/supply/", taps.supply, name="supply"),
    path("<slug:code>/steps/<slug:taper_code>/diary/", writing.diary, name="diary"),
    path("<slug:code>/steps/<slug:taper_code>/warning/", writing.warning, name="warning"),
]
