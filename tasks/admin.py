"""The ledger, for staff: what waits, what works, what was parked and why."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tasks import queue
from tasks.models import Heartbeat, Run


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the service writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("job", "subject", "state", "starts", "queued_at", "started_at", "finished_at")
    list_filter = ("state", "job")
    search_fields = ("=subject",)
    ordering = ("-queued_at", "-id")
    actions = ("restart_parked",)

    @admin.action(description=_("Relancer les tâches mises de côté"), permissions=["view"])
    def restart_parked(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        count = sum(queue.restart(run) for run in queryset.filter(state=Run.State.PARKED))
        said = ngettext("%(count)s tâche relancée.", "%(count)s tâches relancées.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "beaten_at")
    ordering = ("name",)
