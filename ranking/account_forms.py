"""What login, joining and the account's page accept."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, PasswordResetForm
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from ranking import throttle
from ranking.access import ApiToken, Invitation
from ranking.models import User, fold

TOO_OFTEN = _("That was tried too often. Wait a minute, then try again.")
TAKEN = _("This user name is taken.")


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
