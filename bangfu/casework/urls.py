"""Addresses of the casework room."""

from django.urls import path

from bangfu.casework.views import acts, case, clocks, decisions, files, lists, printing, returning

app_name = "casework"
urlpatterns = [
    path("", lists.cases, name="list"),
    path("files/", lists.files, name="files"),
    path("files/<int:pk>/", files.case_file, name="file"),
    path("notices/", lists.notices, name="notices"),
    path("overdue/", clocks.overdue_work, name="overdue"),
    path("clocks/<int:pk>/", clocks.clock, name="clock"),
    path("clocks/<int:pk>/done/", clocks.finish, name="finish_clock"),
    path("clocks/<int:pk>/postpone/", clocks.postpone, name="postpone_clock"),
    path("search/", lists.search, name="search"),
    path("verify/", files.verify, name="verify"),
    path("checks/import/", files.import_check, name="import"),
    path("checks/template.xlsx", files.import_template, name="import_template"),
    path("submit/<int:pk>/", acts.submit, name="submit"),
    path("determinations/<int:pk>/", files.determination, name="determination"),
    path("notices/<int:pk>/photo/<slug:which>/", acts.notice_photo, name="notice_photo"),
    path("notices/<int:pk>/objection/", acts.objection, name="objection"),
    path("objections/<int:pk>/answer/", acts.answer_objection, name="answer_objection"),
    path("results/<int:pk>/decide/", acts.difference, name="difference"),
    path("<int:pk>/", case.case, name="case"),
    path("<int:pk>/pass/", acts.pass_on, name="pass"),
    path("<int:pk>/return/", returning.return_case, name="return"),
    path("<int:pk>/resubmit/", acts.resubmit, name="resubmit"),
    path("<int:pk>/refuse/", acts.refuse, name="refuse"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/kinship/", acts.kinship, name="kinship"),
    path("<int:pk>/visit/", acts.visit, name="visit"),
    path("<int:pk>/paper/", decisions.late_paper, name="late_paper"),
    path("<int:pk>/decision/", decisions.decision, name="decision"),
    path("<int:pk>/notice/", acts.post_notice, name="notice"),
    path("<int:pk>/authorizations/<int:member_pk>/", acts.authorize, name="authorize"),
    path("<int:pk>/check/", acts.check, name="check"),
    path("<int:pk>/papers/application_form.docx", printing.word, name="paper_word"),
    path("<int:pk>/papers/<slug:paper>.pdf", printing.paper, name="paper"),
    path("determinations/<int:pk>/sheet.pdf", printing.sheet, name="paper_sheet"),
    path("notices/<int:pk>/notice.pdf", printing.notice, name="paper_notice"),
    path("decisions/<int:pk>/minutes.pdf", printing.decision, name="paper_decision"),
    path("visits/<int:pk>/form.pdf", printing.visit, name="paper_visit"),
    path("files/<int:pk>/information.pdf", printing.information, name="paper_information"),
    path("households/<int:pk>/application_form.<slug:form>", printing.draft, name="paper_draft"),
]
