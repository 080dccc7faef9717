"""The scenes of the demonstration, in order of time: what the thread of the change C1 needs, with its refusals."""

from __future__ import annotations

from placet_integration.demo import change, controls, delivery, exception, incident, initiation, stage_end
from placet_integration.demo.played import Played

#: The story is played up to this moment: the board is asked for the last stage.
END = "2026-07-28T09:00:00Z"
#: Days after its period within which an assessment is concluded: the default of the setting `assessment_days`.
_ASSESSED_WITHIN = 45
#: From the day on which the controls came into force.
_PERIOD = ("2026-03-02", "2026-07-26")


def play(tale: Played) -> None:
    """Play the story up to its end."""
    controls.operate(tale)
    _initiate(tale)
    _deliver(tale)
    _release(tale)
    _repair(tale)
    _end_stage(tale)
    _assess(tale)
    tale.stage.at(tale.stage.today)


def _initiate(tale: Played) -> None:
    initiation.pursue(tale)
    initiation.mandate(tale)
    initiation.start_up(tale)
    tale.attempt("petr", tale.project, "authorize_initiation")
    initiation.papers(tale)
    olga = tale.by("olga")
    olga.move(tale.project, "authorize_initiation")
    olga.move(tale.initiation, "authorize_stage")
    initiation.initiate(tale)
    initiation.promise(tale)
    tale.attempt("olga", tale.project, "authorize_project")
    initiation.plan_delivery(tale)
    olga.move(tale.project, "authorize_project")
    tale.clock("2026-04-06T09:00:00Z")
    olga.move(tale.delivery, "authorize_stage")


def _deliver(tale: Played) -> None:
    delivery.offer_mvp(tale)
    tale.attempt("petr", tale.mvp, "authorize_work_package")
    delivery.fix_and_flex(tale)
    delivery.form_team(tale)
    delivery.begin_mvp(tale)
    delivery.fill_first_sprint(tale)
    ivan = tale.by("ivan")
    ivan.move(tale.sprint, "plan", goal=delivery.GOAL)
    ivan.move(tale.sprint, "start_sprint")
    delivery.work(tale, tale.stories[0], delivery.ALL_DONE | {"docs": False})
    tale.attempt("dana", tale.stories[0], "finish")
    tale.by("dana").edit(tale.stories[0], dod_checks=delivery.ALL_DONE)
    tale.by("emil").move(tale.stories[0], "finish")
    for key in tale.stories[1:4]:
        delivery.finish(tale, key)
    delivery.end(tale)
    exception.forecast_late(tale)
    exception.describe_reporting(tale)
    tale.attempt("petr", tale.reporting, "authorize_work_package")
    tale.by("petr").move(tale.exception, "submit_report", **exception.REPORT)
    tale.by("olga").move(tale.exception, "increase_tolerance", new_tolerances=exception.wider(10))
    tale.by("petr").move(tale.reporting, "authorize_work_package")
    delivery.a_whole_sprint(tale, 2, tale.stories[4])


def _release(tale: Played) -> None:
    _drop_missed(tale)
    tale.clock("2026-06-15T10:00:00Z")
    tale.by("emil").move(tale.increment, "declare_usable")
    delivery.accept(tale, tale.portal)
    delivery.receive_mvp(tale)
    change.raise_c1(tale)
    tale.attempt("carl", tale.c1, "request_authorization")
    change.ask_authority(tale)
    change.vote_first(tale)
    tale.attempt("carl", tale.c1, "authorize_change")
    change.replan(tale)
    tale.attempt("carl", tale.c1, "authorize_change")
    change.authorize(tale, tale.c1)
    change.begin_training(tale)
    tale.clock(change.TRAINED)
    change.end_training(tale)
    change.announce(tale)
    tale.confirm("hana", tale.c1, "cobit.test_acceptance")
    tale.clock(change.START)
    tale.attempt("dana", tale.c1, "start_implementation")
    tale.by("ravi").move(tale.c1, "start_implementation")
    incident.fail(tale)
    incident.declare_major(tale)
    incident.begin_emergency(tale)
    incident.end_emergency(tale)
    incident.stand_down(tale)
    incident.resolve(tale)
    incident.items_confirmed(tale)
    tale.attempt("carl", tale.c2, "close_change")
    incident.document_emergency(tale)


def _repair(tale: Played) -> None:
    incident.recover(tale)
    tale.attempt("carl", tale.c1, "close_change")
    incident.close_failed(tale)
    incident.investigate(tale)
    tale.attempt("pia", tale.problem, "identify_known_error", **incident.CAUSE)
    incident.know_error(tale)
    incident.raise_fix(tale)
    incident.rework(tale, 3)
    incident.fix(tale)


def _end_stage(tale: Played) -> None:
    tale.clock(stage_end.HANDED_OVER)
    stage_end.hand_over(tale, tale.portal)
    stage_end.deliver_reports(tale)
    tale.clock("2026-07-27T10:00:00Z")
    initiation.spent(tale, tale.delivery, 150000)
    stage_end.complete_delivery(tale)
    stage_end.find_risk(tale)


def _assess(tale: Played) -> None:
    """Three controls were tested: one works, the risk of one is accepted for a while, and a finding on one is open.

    A fourth is to be tested by the end of this week.
    """
    concluded = (
        (controls.TESTED, controls.DEVIATION),
        ("promotion_segregated", ""),
        ("acceptance_tested", "Users had tried the pages of one district only."),
    )
    for control, deviation in concluded:
        assessment, _ = controls.draw(tale, control, "The first test", _PERIOD)
        controls.record_tests(tale, assessment, deviation)
    tale.finding = controls.finding_on(tale, controls.TESTED)
    controls.agree(tale)
    controls.accept_risk(tale, "2026-07-27", "2026-08-14")
    tale.by("nils").create(
        "cobit.control_assessment", "The first test", parent=tale.controls["users_enabled"],
        period_start=_PERIOD[0], period_end=tale.this_sunday(-_ASSESSED_WITHIN),
    )  # fmt: skip
    _drop_missed(tale)
    tale.clock(END)


def _drop_missed(tale: Played) -> None:
    """Reports that nobody wrote are dropped, except the newest of each kind, which covers their time too."""
    for kind in ("checkpoint", "highlight"):
        missed = [key for key in tale.all("prince2.report", kind=kind) if tale.state(key) == "due"]
        for key in missed[:-1]:
            tale.by("petr").move(key, "drop_report", "the next report covers its time too")
