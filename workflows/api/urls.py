"""The addresses of the interface, version 1, and its description."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from workflows.api import base, cases, changes, lists, referrals

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    path("v1/acts/", cases.ActList.as_view(), name="api_acts"),
    path("v1/cases/", cases.CaseList.as_view(), name="api_cases"),
    path("v1/cases/<str:case_no>/", cases.CaseFile.as_view(), name="api_case"),
    path("v1/cases/<str:case_no>/acts/<str:act>/", cases.CaseAct.as_view(), name="api_case_act"),
    path("v1/orders/", cases.OrderList.as_view(), name="api_orders"),
    path("v1/orders/<int:pk>/", cases.OrderFile.as_view(), name="api_order"),
    path("v1/orders/<int:pk>/acts/<str:act>/", cases.OrderAct.as_view(), name="api_order_act"),
    path("v1/referrals/", referrals.Referrals.as_view(), name="api_referrals"),
    path("v1/work/", lists.WorkList.as_view(), name="api_work"),
    path("v1/documents/", lists.PaperList.as_view(), name="api_documents"),
    path("v1/documents/<uuid:uuid>/file/", lists.PaperFile.as_view(), name="api_document_file"),
    path("v1/weeks/<str:week>/", lists.WeekTable.as_view(), name="api_week"),
    path("v1/changes/", changes.Changes.as_view(), name="api_changes"),
    path("v1/webhooks/", changes.Webhooks.as_view(), name="api_webhooks"),
    path("v1/webhooks/<int:pk>/", changes.WebhookOne.as_view(), name="api_webhook"),
    path(
        "v1/webhooks/<int:pk>/replay/", changes.WebhookReplay.as_view(), name="api_webhook_replay"
    ),
    re_path(r"^v1/", base.Nowhere.as_view()),
]
