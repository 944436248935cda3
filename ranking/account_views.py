"""Coming in, and one's own account: login, joining, a forgotten password, the account's page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ranking import quotas, throttle
from ranking.access import ApiToken, Invitation, make_token
from ranking.account_forms import EmailForm, ForgottenForm, JoinForm, LoginForm, TokenForm
from ranking.forms import first_error

BACKEND = "django.contrib.auth.backends.ModelBackend"


class LoginView(auth_views.LoginView):
    """Django's login, with a limit on how often it may be tried (429)."""

    form_class = LoginForm
    template_name = "ranking/login.html"

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return _refused(self.render_to_response(self.get_context_data(form=form, problem=first_error(form))), form)


def _refused(response: HttpResponse, form: BaseForm) -> HttpResponse:
    """Give the answer to a form that was not accepted its status: 429 for one that was tried too often, else 422."""
    throttled = form.has_error("__all__", "throttled")
    response.status_code = 429 if throttled else 422
    if throttled:
        response["Retry-After"] = str(throttle.SECONDS)
    return response


class ChoosePasswordView(auth_views.PasswordResetConfirmView):
    """Choose a password by a link that is good once, for PASSWORD_RESET_TIMEOUT; it came by mail or from the staff."""

    template_name = "ranking/password_choose.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        messages.success(self.request, _("The password is changed. Log in with it."))
        return super().form_valid(form)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whether the address is known is not told."""
    form = ForgottenForm(request.POST or None, throttle.address_of(request))
    if not settings.EMAIL_URL or not form.is_bound:
        return render(request, "ranking/forgotten.html", {"by_mail": bool(settings.EMAIL_URL)})
    if not form.is_valid():
        shown = {"by_mail": True, "problem": first_error(form)}
        return _refused(render(request, "ranking/forgotten.html", shown), form)
    names = {"subject_template_name": "ranking/forgotten_subject.txt", "email_template_name": "ranking/forgotten.txt"}
    form.save(request=request, use_https=request.is_secure(), **names)
    return render(request, "ranking/forgotten.html", {"by_mail": True, "sent": True})


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of an invitation; one that is used, ended or unknown says so and nothing else."""
    invitation = Invitation.objects.of_secret(secret).first()
    form = JoinForm(request.POST or None)
    if invitation is None:
        return render(request, "ranking/join.html", status=410)
    if form.is_bound and form.is_valid() and (user := form.join(invitation)):
        login(request, user, backend=BACKEND)
        return redirect("home")
    status = 422 if form.is_bound else 200
    return render(request, "ranking/join.html", {"form": form, "invitation": invitation}, status=status)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    user = request.user
    limits = {name: user.limit(name) for name in ("films_a_day", "uploads_mb", "active_jobs")}
    used = {"films": user.films_today, "uploads": quotas.uploaded_bytes(user), "jobs": quotas.jobs_of(user)}
    room = (limits["uploads_mb"] or 0) * quotas.MB
    shown = {
        "tokens": user.api_tokens.all(),
        "limits": limits,
        "used": used,
        "by_mail": bool(settings.EMAIL_URL),
        "room": room,
    }
    return render(request, "ranking/account.html", shown | more, status=status)


@require_GET
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def email(request: HttpRequest) -> HttpResponse:
    form = EmailForm(request.POST, instance=request.user)
    if not form.is_valid():
        request.user.refresh_from_db()
        return _page(request, 422, email_problem=first_error(form), email=request.POST.get("email", ""))
    form.save()
    messages.success(request, _("The e-mail address is saved."))
    return redirect("account")


@require_POST
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; the local owner, who has none, sets a first one. Other browsers are logged out by it."""
    kind = PasswordChangeForm if request.user.has_usable_password() else SetPasswordForm
    form = kind(request.user, request.POST)
    if kind is PasswordChangeForm and not throttle.may_try("password", str(request.user.pk)):
        return _page(request, 429, password_problem=_("That was tried too often. Wait a minute, then try again."))
    if not form.is_valid():
        return _page(request, 422, password_problem=first_error(form))
    update_session_auth_hash(request, form.save())
    messages.success(request, _("The password is changed."))
    return redirect("account")


@require_POST
@never_cache
def token_add(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once: it is not kept."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, token_problem=first_error(form))
    try:
        return _page(request, made=make_token(request.user, form.cleaned_data["name"]))
    except ValueError as full:
        return _page(request, 422, token_problem=str(full))


@require_POST
def token_delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(ApiToken, pk=pk, owner=request.user).delete()
    messages.success(request, _("The token is deleted. Programs that use it are refused from now on."))
    return redirect("account")
