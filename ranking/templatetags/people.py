"""How the pages call people."""

from django import template
from django.utils.translation import gettext as _

from ranking.models import User
from ranking.owner import is_owner

register = template.Library()


@register.filter
def called(user: User) -> str:
    """Return the name to show: the one that the studio itself gave its owner says nothing to people."""
    return user.get_full_name() or (_("This studio's owner") if is_owner(user) else user.get_username())
