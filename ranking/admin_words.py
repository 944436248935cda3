"""Sentences of Django's admin whose own Korean is stiff or broken, and those of Celery's results, which have none.

They stand here to be found by makemessages: what locale/ko says of them goes before what Django says.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

DJANGO = (
    # lists
    _("Select %s to change"),
    _("Select %s to view"),
    _("View %s"),
    _(" By %(filter_title)s "),
    _("Any date"),
    _("All dates"),
    _("Has date"),
    _("No date"),
    _("Action:"),
    _("0 of %(cnt)s selected"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Items must be selected in order to perform actions on them. No items have been changed."),
    _("No action selected."),
    _("Start typing to filter…"),
    _("None available"),
    _("Site administration"),
    _("%(app)s administration"),
    _("Recent actions"),
    _("My actions"),
    _("Welcome,"),
    _("You don’t have permission to view or edit anything."),
    # forms
    _("Save as new"),
    _("Save and add another"),
    _("Save and continue editing"),
    _("Save and view"),
    _("Hold down “Control”, or “Command” on a Mac, to select more than one."),
    _("Change history: %s"),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("Enter a new password for the user <strong>%(username)s</strong>."),
    _("No password set."),
    _("Enable password-based authentication for this user by setting a password."),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    # what was done
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("Successfully deleted %(count)d %(items)s."),
    _("You may edit it again below."),
    # deleting
    _("Delete multiple objects"),
    _(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? '
        "All of the following related items will be deleted:"
    ),
    _(
        "Are you sure you want to delete the selected %(objects_name)s? "
        "All of the following objects and their related items will be deleted:"
    ),
    _("Yes, I’m sure"),
    _("No, take me back"),
    _("Objects"),
    # people
    _("permissions"),
    _("Password-based authentication"),
    _("Enable password-based authentication"),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _(
        "Whether the user will be able to authenticate using a password or not. "
        "If disabled, they may still be able to authenticate using other backends, "
        "such as Single Sign-On or LDAP."
    ),
    _("users"),
    _("staff status"),
    _("superuser status"),
    _("Designates whether the user can log into this admin site."),
    _("Designates that this user has all permissions without explicitly assigning them."),
    _("Designates whether this user should be treated as active. Unselect this instead of deleting accounts."),
    _("The groups this user belongs to. A user will get all permissions granted to each of their groups."),
)
COUNTED = (
    ngettext_lazy("%(counter)s result", "%(counter)s results"),
    ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected"),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below."),
)
CELERY = (
    _("Celery Results"),
    _("task result"),
    _("task results"),
    _("Task ID"),
    _("Celery ID for the Task that was run"),
    _("Task Name"),
    _("Name of the Task which was run"),
    _("Task Positional Arguments"),
    _("JSON representation of the positional arguments used with the task"),
    _("Task Named Arguments"),
    _("JSON representation of the named arguments used with the task"),
    _("Worker"),
    _("Worker that executes the task"),
    _("Result Data"),
    _("The data returned by the task.  Use content_encoding and content_type fields to read."),
    _("Created DateTime"),
    _("Datetime field when the task result was created in UTC"),
    _("Started DateTime"),
    _("Datetime field when the task was started in UTC"),
    _("Completed DateTime"),
    _("Datetime field when the task was completed in UTC"),
    _("Traceback"),
    _("Text of the traceback if the task generated one"),
)
