from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PccConfig(AppConfig):
    name = "pcc"
    verbose_name = _("PCC")
