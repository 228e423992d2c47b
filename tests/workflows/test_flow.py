"""The flow is a published contract: no way round perform, no silent change, no orphan."""

import io

import pytest
from django.core.management import call_command
from viewflow.workflow.models import Process, Task

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.lib.errors import NotLawfulNow
from tests.walk import Walk
from workflows import checks
from workflows.acts import ACTS
from workflows.case_flow import CaseFlowV1, make_case_flow_v1
from workflows.checks import FLOWS, PUBLISHED, fingerprint, flow_faults
from workflows.models import WorkItem
from workflows.nodes import Step
from workflows.order_flow import OrderFlowV1


class TestPublishedVersion:
    @pytest.mark.parametrize("flow_class", FLOWS)
    def test_it_is_what_was_published(self, flow_class: type) -> None:
        assert PUBLISHED[flow_class.__name__] == fingerprint(flow_class)

    def test_a_change_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        changed = make_case_flow_v1()
        changed.instance.node("issue_order").roles = ("CW",)
        monkeypatch.setattr(checks, "FLOWS", (changed,))
        assert [message.id for message in checks.check_flows(None)] == ["workflows.E003"]

    def test_two_builds_share_no_node(self) -> None:
        first, second = make_case_flow_v1(), make_case_flow_v1()
        nodes = {id(node) for node in first.instance.nodes()}
        assert nodes.isdisjoint(id(node) for node in second.instance.nodes())

    @pytest.mark.parametrize("flow_class", FLOWS)
    def test_every_step_has_an_act_that_finishes_it(self, flow_class: type) -> None:
        finished = {spec.step for spec in ACTS.values()} | {"await_rectification"}
        for node in flow_class.instance.nodes():
            if isinstance(node, Step):
                assert node.name in finished

    @pytest.mark.parametrize("flow_class", FLOWS)
    def test_every_step_is_open_to_somebody_who_may_act(self, flow_class: type) -> None:
        for node in flow_class.instance.nodes():
            if type(node) is Step:
                allowed = {
                    r for spec in ACTS.values() if spec.step == node.name for r in spec.roles
                }
                assert set(node.roles) <= allowed

    @pytest.mark.parametrize("flow_class", [CaseFlowV1, OrderFlowV1])
    def test_every_step_leads_to_the_end(self, flow_class: type) -> None:
        onward = {
            node.name: {edge.dst.name for edge in node._outgoing()}
            for node in flow_class.instance.nodes()
        }
        for start in onward:
            seen, todo = set(), {start}
            while todo:
                seen |= todo
                todo = {name for node in todo for name in onward[node]} - seen
            assert "end" in seen


@pytest.mark.django_db
class TestNoWayRound:
    def test_the_engines_own_cancel_undo_and_revive_are_closed(self) -> None:
        walk = Walk.upto("accept")
        process = Process.objects.get(run__subject_id=walk.case.pk, run__course="main")
        with pytest.raises(NotLawfulNow):
            CaseFlowV1.instance.cancel(process)
        done = Task.objects.get(process=process, status="DONE", flow_task_type="HUMAN")
        with pytest.raises(NotLawfulNow):
            done.flow_task.activation_class(done).undo()
        assert HelpCase.objects.get(pk=walk.case.pk).state == CaseState.ACCEPTED

    def test_no_address_leads_to_the_engine(self) -> None:
        from casework.urls import urlpatterns

        assert "viewflow" not in str(urlpatterns)

    def test_the_state_cannot_be_set_past_its_machine(self) -> None:
        case = HelpCase()
        with pytest.raises(AttributeError):
            case.state = CaseState.CLOSED


@pytest.mark.django_db
class TestCheckFlows:
    def test_nothing_is_wrong_on_the_way(self) -> None:
        Walk.upto("receive")
        assert list(flow_faults()) == []
        out = io.StringIO()
        call_command("check_flows", stdout=out)
        assert "agree" in out.getvalue()

    def test_a_state_that_moved_alone_is_named(self) -> None:
        walk = Walk.upto("accept")
        HelpCase.objects.filter(pk=walk.case.pk).update(state=CaseState.PLANNED)
        faults = list(flow_faults())
        assert any(f"case {walk.case.pk}" in fault for fault in faults)
        with pytest.raises(SystemExit):
            call_command("check_flows", stdout=io.StringIO())

    def test_work_that_no_list_would_show_is_named(self) -> None:
        walk = Walk.upto("accept")
        item = WorkItem.objects.get(subject_id=walk.case.pk, done_at=None)
        WorkItem.objects.filter(pk=item.pk).update(roles=",CW,OLD,")
        assert [fault for fault in flow_faults() if f"work item {item.pk}" in fault]

    def test_a_task_whose_step_is_gone_is_named(self) -> None:
        walk = Walk.upto("accept")
        task = Task.objects.get(process__run__subject_id=walk.case.pk, status="NEW")
        Task.objects.filter(pk=task.pk).update(
            flow_task="workflows/case_flow.CaseFlowV1.no_such_step"
        )
        assert any(f"task {task.pk}" in fault for fault in flow_faults())
