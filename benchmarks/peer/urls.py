"""The one route of the toy, and those of the desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django_fsm import TransitionNotAllowed
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.peer.models import Log, Task


class WishSerializer(serializers.Serializer):
    transition = serializers.ChoiceField(choices=["start", "stop", "finish"])
    comment = serializers.CharField(default="", allow_blank=True)


class TaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = "__all__"


class IsWorker(permissions.BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002  # the framework's signature
        return bool(request.user.groups.filter(name="worker").exists())


class Transitions(APIView):
    permission_classes: ClassVar = [permissions.IsAuthenticated, IsWorker]

    def post(self, request: Request, number: int) -> Response:
        wish = WishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        name = wish.validated_data["transition"]
        with transaction.atomic():
            task = get_object_or_404(Task.objects.select_for_update(), pk=number)
            before = task.state
            try:
                getattr(task, name)()
            except TransitionNotAllowed as refusal:
                return Response({"detail": str(refusal)}, status=409)
            task.save()
            Log.objects.create(
                task=task, seq=task.version, actor=request.user.username, transition=name,
                from_state=before, to_state=task.state, comment=wish.validated_data["comment"],
            )  # fmt: skip
        return Response({
            "item": TaskSerializer(task).data,
            "transitions": [each.name for each in task.get_available_state_transitions()],
        })  # fmt: skip


urlpatterns = [
    path("items/<int:number>/transitions", Transitions.as_view()),
    path("desk/", include("benchmarks.peer.desk.views")),
]
