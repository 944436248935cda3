from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from ranking import account_views as views
from ranking import people_views

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    # The admin has a login of its own, which knows no limit of tries.
    path("admin/login/", login_not_required(RedirectView.as_view(pattern_name="login", query_string=True))),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("password/", views.forgotten, name="password-forgotten"),
    path("password/<uidb64>/<token>/", views.ChoosePasswordView.as_view(), name="password-choose"),
    path("join/<str:secret>/", views.join, name="join"),
    path("account/", views.account, name="account"),
    path("account/email/", views.email, name="account-email"),
    path("account/password/", views.password, name="account-password"),
    path("account/tokens/", views.token_add, name="token-add"),
    path("account/tokens/<int:pk>/delete/", views.token_delete, name="token-delete"),
    path("people/", people_views.people, name="people"),
    path("people/invite/", people_views.invitation_add, name="invitation-add"),
    path("people/invitations/<int:pk>/delete/", people_views.invitation_delete, name="invitation-delete"),
    path("people/<int:pk>/password/", people_views.password_link, name="password-link"),
]
