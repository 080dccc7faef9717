"""The API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django_fsm import TransitionNotAllowed, can_proceed, has_transition_perm
from rest_framework import serializers, status, viewsets
from rest_framework.authentication import TokenAuthentication
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from benchmarks.peer.desk.gates import RefusedError
from benchmarks.peer.desk.models import Change, ConfigurationItem, Evidence, Incident, Log


class Authentication(TokenAuthentication):
    """Knows the user's roles for as long as the request lasts."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            found[0].role_names = set(found[0].groups.values_list("name", flat=True))
        return found


class Pages(CursorPagination):
    page_size = 50
    ordering = "id"


class ChangeSerializer(serializers.ModelSerializer):
    cis = serializers.PrimaryKeyRelatedField(
        many=True, source="items", queryset=ConfigurationItem.objects.all()
    )

    class Meta:
        model = Change
        fields = "__all__"
        read_only_fields: ClassVar = ["created_by", "version", "risk_score", "risk_class"]


class IncidentSerializer(serializers.ModelSerializer):
    assignee = serializers.SlugRelatedField("username", queryset=User.objects.all(), required=False)
    cis = serializers.PrimaryKeyRelatedField(
        many=True, source="items", queryset=ConfigurationItem.objects.all(), required=False
    )

    class Meta:
        model = Incident
        fields = "__all__"
        read_only_fields: ClassVar = ["created_by", "version", "priority", "support_level"]


class EvidenceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Evidence
        fields: ClassVar = ["id", "kind", "url", "sha256", "at"]


class Records(viewsets.ModelViewSet):
    """What can be done with either kind."""

    authentication_classes: ClassVar = [Authentication]
    pagination_class = Pages
    #: Its column in the log.
    subject: ClassVar[str]

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        if self.action == "list":
            return found.prefetch_related("cis")
        return found.select_for_update(of=("self",)) if self.request.method != "GET" else found

    def log(self, record: Any, kind: str, **reported: Any) -> None:
        Log.objects.create(
            **{self.subject: record},
            seq=record.version,
            kind=kind,
            actor=self.request.user.username,
            **reported,
        )

    def answer(self, record: Any, code: int = 200) -> Response:
        """The record, and what can be done with it now."""
        user = self.request.user
        possible = [each.name for each in record.get_available_user_state_transitions(user)]
        return Response({**self.get_serializer(record).data, "transitions": possible}, code)

    @transaction.atomic
    def create(self, request: Request, *args: Any, **named: Any) -> Response:  # noqa: ARG002  # the framework's signature
        wish = self.get_serializer(data=request.data)
        wish.is_valid(raise_exception=True)
        fields = dict(wish.validated_data)
        items = fields.pop("items", [])
        record = self.queryset.model(created_by=request.user, **fields)
        record.items = items
        self.changed(record)
        record.save()
        if items:
            record.cis.add(*items)
        self.begun(record)
        self.log(record, "created", to_state=record.state, data=request.data)
        return Response(self.get_serializer(record).data, status.HTTP_201_CREATED)

    def begun(self, record: Any) -> None:
        """What belongs to a new one."""

    def changed(self, record: Any) -> None:
        """What follows from its fields."""

    def merge(self, record: Any, sent: Any) -> None:
        """Take in fields that come with a move."""
        wish = self.get_serializer(record, data=sent, partial=True)
        wish.is_valid(raise_exception=True)
        for name, value in wish.validated_data.items():
            setattr(record, name, value)
        if "items" in wish.validated_data:
            record.cis.set(record.items)

    @action(detail=True, methods=["get"])
    def transitions(self, request: Request, pk: str) -> Response:  # noqa: ARG002
        record = self.get_object()
        self.changed(record)
        reported = [
            {"name": each.name, "to": each.target, "possible": can_proceed(getattr(record, each.name)),
             "permitted": has_transition_perm(getattr(record, each.name), request.user)}
            for each in record.get_all_state_transitions() if each.source in {record.state, "*"}
        ]  # fmt: skip
        return Response({"id": record.pk, "state": record.state, "transitions": reported})

    @action(detail=True, methods=["post"], url_path="transitions/(?P<name>[a-z_]+)")
    @transaction.atomic
    def move(self, request: Request, pk: str, name: str) -> Response:  # noqa: ARG002
        record = self.get_object()
        before = record.state
        if request.data:
            self.merge(record, request.data)
        self.changed(record)
        move = getattr(record, name)
        if not has_transition_perm(move, request.user):
            return Response({"detail": "you may not"}, status.HTTP_403_FORBIDDEN)
        try:
            move()
        except TransitionNotAllowed as refusal:
            transaction.set_rollback(True)
            return Response({"detail": str(refusal)}, status.HTTP_409_CONFLICT)
        record.version += 1
        record.save()
        self.log(
            record, "transition", transition=name, from_state=before, to_state=record.state, data=request.data
        )
        return self.answer(record)

    @action(detail=True, methods=["post"])
    @transaction.atomic
    def comments(self, request: Request, pk: str) -> Response:  # noqa: ARG002
        record = self.get_object()
        record.version += 1
        record.save(update_fields=["version", "updated_at"])
        self.log(record, "comment", comment=request.data["text"])
        return Response({"id": record.pk, "version": record.version}, status.HTTP_201_CREATED)


class Changes(Records):
    queryset = Change.objects.all()
    serializer_class = ChangeSerializer
    subject = "change"

    def changed(self, record: Change) -> None:
        record.score()

    @action(detail=True, methods=["post"], url_path="evidence")
    @transaction.atomic
    def attach(self, request: Request, pk: str) -> Response:  # noqa: ARG002
        change = self.get_object()
        wish = EvidenceSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        wish.save(change=change, by=request.user)
        change.score()
        change.version += 1
        change.save()
        self.log(change, "evidence", data=request.data)
        return Response(wish.data, status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    @transaction.atomic
    def approve(self, request: Request, pk: str) -> Response:  # noqa: ARG002
        change = self.get_object()
        if change.approval is None or change.approval.status != "pending":
            return Response({"detail": "nothing is asked"}, status.HTTP_409_CONFLICT)
        if not request.user.role_names & {"delegated_change_authority", "change_manager"}:
            return Response({"detail": "you may not"}, status.HTTP_403_FORBIDDEN)
        # Nobody votes on a risk that the transition would find to be another one.
        change.score()
        try:
            change.approval.decide(request.user, request.data["decision"])
        except RefusedError as refusal:
            return Response({"detail": str(refusal)}, status.HTTP_409_CONFLICT)
        change.version += 1
        change.save(update_fields=["version", "updated_at"])
        self.log(change, "voted", data=request.data)
        return Response({"id": change.pk, "status": change.approval.status})


class Incidents(Records):
    queryset = Incident.objects.select_related("assignee")
    serializer_class = IncidentSerializer
    subject = "incident"

    def begun(self, record: Incident) -> None:
        record.begin()


router = SimpleRouter(trailing_slash=False)
router.register("changes", Changes)
router.register("incidents", Incidents)
urlpatterns = [*router.urls]
