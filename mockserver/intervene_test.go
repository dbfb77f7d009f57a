package mockserver_test

import (
	"errors"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

// try checks whether an intervention is allowed.
func try(t *testing.T, err error, allowed bool) {
	t.Helper()
	if (err == nil) != allowed {
		t.Errorf("got error %v, want allowed: %v", err, allowed)
	}
}

func id(path string) string { return path[len("/operations/"):] }

func TestComplete(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Duration: 100 * s, Outcome: mockserver.OutcomeNever})
	path := m.submit("")
	m.after(10 * s)
	try(t, m.Complete(id(path)), true)
	m.get(path).want(t, 303)
	m.get(path+"/result").want(t, 200)
	try(t, m.Complete(id(path)), false)
	try(t, m.Freeze(id(path)), false)
	truth, _ := m.Truth(id(path))
	if truth.Done != epoch.Add(10*s) || truth.Started != epoch || truth.Status != mockserver.Succeeded {
		t.Errorf("got %+v", truth)
	}
	if err := m.Complete("nonsense"); !errors.Is(err, mockserver.ErrUnknownOperation) {
		t.Errorf("got %v", err)
	}
}

func TestFailInTheQueue(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 10 * s})
	first, second, third := m.submit(""), m.submit(""), m.submit("")
	m.after(s)
	try(t, m.Fail(id(second)), true)
	m.get(second).want(t, 422)
	m.after(9 * s)
	m.get(first).want(t, 303)
	m.get(third).wantStatus(t, mockserver.Running, 0) // its turn came sooner
	if truth, _ := m.Truth(id(second)); !truth.Started.IsZero() || truth.Done != epoch.Add(s) {
		t.Errorf("got %+v", truth)
	}
}

func TestExpire(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 10 * s})
	running, waiting := m.submit(""), m.submit("")
	try(t, m.Expire(id(running)), true)
	m.get(running).want(t, 410)
	m.get(running+"/result").want(t, 410)
	try(t, m.Complete(id(running)), false)
	m.get(waiting).wantStatus(t, mockserver.Running, 0)
}

func TestFreezeAndThaw(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Queue: 10 * s, Duration: 10 * s, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryRemaining, Delay: 5 * s}})
	path := m.submit("")
	try(t, m.Thaw(id(path)), true)
	freeze := func(status mockserver.Status, percent int) {
		t.Helper()
		try(t, m.Freeze(id(path)), true)
		try(t, m.Freeze(id(path)), true)
		m.after(100 * s)
		m.get(path).wantStatus(t, status, percent).wantHeader(t, "Retry-After", "5")
		if truth, _ := m.Truth(id(path)); !truth.Frozen {
			t.Error("it is not frozen")
		}
		try(t, m.Thaw(id(path)), true)
	}
	m.after(4 * s)
	freeze(mockserver.Pending, 0)
	m.after(11 * s)
	m.get(path).wantStatus(t, mockserver.Running, 50)
	m.after(4 * s)
	freeze(mockserver.Running, 90)
	m.after(1*s - 1)
	m.get(path).want(t, 200)
	m.after(1)
	m.get(path).want(t, 303)
	if truth, _ := m.Truth(id(path)); truth.Started != epoch.Add(110*s) || truth.Done != epoch.Add(220*s) {
		t.Errorf("got %+v", truth)
	}
}

func TestFreezeWithWorkers(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 10 * s})
	first, second, third := m.submit(""), m.submit(""), m.submit("")
	m.after(4 * s)
	try(t, m.Freeze(id(first)), true)  // it keeps the worker
	try(t, m.Freeze(id(second)), true) // it leaves the queue
	m.after(100 * s)
	m.get(third).wantStatus(t, mockserver.Pending, 0)
	try(t, m.Thaw(id(first)), true)
	m.after(6 * s)
	m.get(first).want(t, 303)
	m.get(third).wantStatus(t, mockserver.Running, 0)
	try(t, m.Thaw(id(second)), true) // behind the third
	m.get(second).wantStatus(t, mockserver.Pending, 0)
	m.after(10 * s)
	m.get(second).wantStatus(t, mockserver.Running, 0)
	m.after(10 * s)
	m.get(second).want(t, 303)
}

func TestCancelWhileFrozen(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 10 * s})
	first, second := m.submit(""), m.submit("")
	m.after(5 * s)
	try(t, m.Freeze(id(first)), true)
	m.after(60 * s)
	m.do("DELETE", first, "").want(t, 202)
	m.get(first).wantStatus(t, mockserver.Cancelled, 92) // what it stood still counts as run
	m.get(second).wantStatus(t, mockserver.Running, 0)
	try(t, m.Freeze(id(second)), true)
	try(t, m.Complete(id(second)), true)
	m.get(second).want(t, 303)
}
