"""Addresses of the screens."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from workflows.views import (
    account,
    acts,
    cases,
    claims,
    entry,
    letters,
    lists,
    orders,
    samples,
    system,
    weeks,
)

urlpatterns = [
    path("", lists.home, name="home"),
    path("login/", account.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("letters/<int:pk>/read/", letters.letter_read, name="letter_read"),
    path("language/", account.set_language, name="set_language"),
    path("work/", lists.work_list, name="work_list"),
    path("work/<int:pk>/claim/", claims.claim_work, name="work_claim"),
    path("work/<int:pk>/release/", claims.release_work, name="work_release"),
    path("work/<int:pk>/assign/", claims.assign_work, name="work_assign"),
    path("refer/", entry.refer, name="refer"),
    path("imports/", entry.import_page, name="import_page"),
    path("documents/", lists.document_list, name="document_list"),
    path("cases/", lists.case_list, name="case_list"),
    path("cases/<str:case_no>/", cases.case_page, name="case_page"),
    path("cases/<str:case_no>/reason/", cases.case_reason, name="case_reason"),
    path("cases/<str:case_no>/reveal/", cases.case_reveal, name="case_reveal"),
    path("cases/<str:case_no>/score/", acts.score_sheet, name="score_sheet"),
    path("cases/<str:case_no>/do/<str:act>/", acts.act_page, name="act_page"),
    path("orders/", orders.order_list, name="order_list"),
    path("orders/<int:pk>/", orders.order_page, name="order_page"),
    path("orders/<int:pk>/do/<str:act>/", acts.order_act, name="order_act"),
    path("samples/", samples.sample_list, name="sample_list"),
    path("health/live", system.live, name="health_live"),
    path("health/ready", system.ready, name="health_ready"),
    path("metrics", system.figures, name="metrics"),
    path("system/", system.system_page, name="system_page"),
    path("weeks/", weeks.week_list, name="week_list"),
    path("weeks/<str:week>/", weeks.week_page, name="week_page"),
    path("weeks/<str:week>/table.xlsx", weeks.week_xlsx, name="week_xlsx"),
    path("weeks/<str:week>/<str:figure>/<str:district>/", weeks.week_cell, name="week_cell"),
]
