"""Routes of accounts inside an insurer's space; included below `<slug:slug>/`."""

from __future__ import annotations

from django.urls import path

from guichet.accounts.views import (
    account,
    bank,
    company,
    login,
    own_data,
    register,
    reset,
    staff,
    terms,
    undelivered,
    vetting,
)

app_name = "accounts"
urlpatterns = [
    path("", login.login, name="login"),
    path("connexion/code/", login.code, name="code"),
    path("connexion/code/nouveau/", login.resend, name="resend"),
    path("deconnexion/", login.logout, name="logout"),
    path("session/", login.keepalive, name="keepalive"),
    path("mot-de-passe-oublie/", reset.forgotten, name="forgotten"),
    path("mot-de-passe/<str:token>/", reset.reset, name="reset"),
    path("adresse/<str:token>/", reset.confirm_address, name="confirm_address"),
    path("inscription/", register.register, name="register"),
    path("inscription/recue/<str:number>/", register.registered, name="registered"),
    path("conditions/", terms.terms, name="terms"),
    path("conditions/accepter/", terms.accept_terms, name="accept_terms"),
    path("invitation/<str:token>/", company.invitation, name="invitation"),
    path("bureau/inscriptions/", vetting.vetting, name="vetting"),
    path("bureau/inscriptions/<uuid:affiliation_id>/", vetting.vetting_one, name="vetting_one"),
    path("bureau/inscriptions/<uuid:affiliation_id>/accepter/", vetting.vetting_accept, name="vetting_accept"),
    path("bureau/inscriptions/<uuid:affiliation_id>/refuser/", vetting.vetting_refuse, name="vetting_refuse"),
    path("mon-compte/", account.me, name="me"),
    path("mon-compte/donnees/", own_data.own_data, name="own_data"),
    path("mon-compte/mot-de-passe/", account.password, name="password"),
    path("mon-compte/langue/", account.language, name="language"),
    path("mon-compte/portable/", account.mobile, name="mobile"),
    path("mon-compte/portable/code/", account.mobile_code, name="mobile_code"),
    path("mon-compte/sessions/autres/", account.end_others, name="end_others"),
    path("mon-compte/sessions/<uuid:session_id>/", account.end_session, name="end_session"),
    path("confirmation/", account.step_up, name="step_up"),
    path("confirmation/code/", account.step_up_code, name="step_up_code"),
    path("ma-societe/", company.company, name="company"),
    path("ma-societe/collaborateurs/nouveau/", company.member_add, name="member_add"),
    path("ma-societe/collaborateurs/<uuid:member_id>/", company.member_edit, name="member_edit"),
    path("ma-societe/collaborateurs/<uuid:member_id>/supprimer/", company.member_remove, name="member_remove"),
    path("ma-societe/invitations/<uuid:invitation_id>/renvoyer/", company.invitation_resend, name="invitation_resend"),
    path("ma-societe/invitations/<uuid:invitation_id>/annuler/", company.invitation_revoke, name="invitation_revoke"),
    path("ma-societe/comptes/nouveau/", bank.account_add, name="account_add"),
    path("ma-societe/comptes/<uuid:account_id>/", bank.account_edit, name="account_edit"),
    path("ma-societe/comptes/<uuid:account_id>/supprimer/", bank.account_archive, name="account_archive"),
    path("administration/envois/", undelivered.undelivered, name="undelivered"),
    path("administration/envois/<uuid:item_id>/", undelivered.undelivered_retry, name="undelivered_retry"),
    path("administration/collaborateurs/", staff.staff, name="staff"),
    path("administration/collaborateurs/nouveau/", staff.staff_add, name="staff_add"),
    path("administration/collaborateurs/<uuid:member_id>/", staff.staff_edit, name="staff_edit"),
    path("administration/collaborateurs/<uuid:member_id>/supprimer/", staff.staff_remove, name="staff_remove"),
    path(
        "administration/invitations/<uuid:invitation_id>/renvoyer/", staff.staff_invitation_resend, name="staff_resend"
    ),
    path(
        "administration/invitations/<uuid:invitation_id>/annuler/", staff.staff_invitation_revoke, name="staff_revoke"
    ),
]
