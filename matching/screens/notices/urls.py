from django.urls import path

from matching.screens.notices import views

urlpatterns = [
    path("desabonnement/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("toujours-valable/<str:token>/", views.still_valid, name="still_valid"),
]
