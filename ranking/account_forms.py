"""What login, joining and the account's page accept."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, PasswordResetForm
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

from ranking import throttle
from ranking.access import ApiToken, Invitation
from ranking.models import User, fold

TOO_OFTEN = _("That was tried too often. Wait a minute, then try again.")
TAKEN = _("This user name is taken.")

# What Django says in these forms, here to be found by makemessages: its Korean would be stiffer than that of the pages.
OF_DJANGO = (
    gettext_noop("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    gettext_noop("Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."),
    gettext_noop("A user with that username already exists."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("This field is required."),
    gettext_noop("Password confirmation"),
    gettext_noop("New password confirmation"),
    gettext_noop("Enter the same password as before, for verification."),
    gettext_noop("The two password fields didn’t match."),
    gettext_noop("Your old password was entered incorrectly. Please enter it again."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("This password is too common."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)


class LoginForm(AuthenticationForm):
    """A login that may be tried five times a minute from one address at one name, right or wrong."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("That user name and password do not belong together.")
    }

    def clean(self) -> dict[str, Any]:
        address = throttle.address_of(self.request)
        name = fold(self.cleaned_data.get("username") or "")
        of_name = throttle.may_try("login", address, name)
        if not throttle.may_try("logins", address, most=throttle.MOST_OF_ADDRESS) or not of_name:
            raise forms.ValidationError(TOO_OFTEN, code="throttled")
        return super().clean()


class ForgottenForm(PasswordResetForm):
    """Sends a link to who gave this e-mail address; how often one may ask is limited like a login."""

    def __init__(self, data: Any, address: str) -> None:
        super().__init__(data)
        self.address = address

    def clean(self) -> dict[str, Any]:
        if not throttle.may_try("forgotten", self.address):
            raise forms.ValidationError(TOO_OFTEN, code="throttled")
        return super().clean()


class JoinForm(BaseUserCreationForm):
    """The account that an invited person makes."""

    class Meta:
        model = User
        fields = ("username", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("For a forgotten password only. You may leave it out.")

    def clean_username(self) -> str:
        """A name that looks like another's would be taken for them."""
        name = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(TAKEN)
        return name

    def join(self, invitation: Invitation) -> User | None:
        """Use the invitation up and return its new user; None when another was quicker, and then nothing is stored."""
        try:
            with transaction.atomic():
                if not invitation.use():
                    return None
                user = self.save()
                Invitation.objects.filter(pk=invitation.pk).update(joined=user)
                return user
        except IntegrityError:  # the name was taken in this very moment
            self.add_error("username", TAKEN)
            return None


class EmailForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("email",)


class TokenForm(forms.ModelForm):
    class Meta:
        model = ApiToken
        fields = ("name",)


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("note",)
