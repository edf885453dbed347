package track_test

import (
	"testing"

	"pgregory.net/rapid"

	"holdfast/internal/core/track"
)

func TestTheFirstResultDecidesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := track.New(rapid.IntRange(1, 20).Draw(t, "rise"), rapid.IntRange(1, 20).Draw(t, "fall"))
		if tr.Status() != track.Unknown {
			t.Fatalf("%v before any result", tr.Status())
		}
		ok := rapid.Bool().Draw(t, "ok")
		want := track.KO
		if ok {
			want = track.OK
		}
		if !tr.Step(ok) || tr.Status() != want {
			t.Fatalf("after a first %v: %v", ok, tr.Status())
		}
	})
}

// A row of successes makes OK after at most rise of them and never later again; a row of failures KO after at most fall.
// From the end of a long row of the opposite, it takes exactly that many.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rise, fall := rapid.IntRange(1, 12).Draw(t, "rise"), rapid.IntRange(1, 12).Draw(t, "fall")
		tr := track.New(rise, fall)
		for _, ok := range rapid.SliceOf(rapid.Bool()).Draw(t, "before") {
			tr.Step(ok)
		}
		up := rapid.Bool().Draw(t, "up")
		for range rise + fall {
			tr.Step(!up)
		}
		need, want := fall, track.KO
		if up {
			need, want = rise, track.OK
		}
		for i := 1; i <= need; i++ {
			if changed := tr.Step(up); changed != (i == need) || (tr.Status() == want) != (i == need) {
				t.Fatalf("rise %d, fall %d: after %d times %v: %v", rise, fall, i, up, tr.Status())
			}
		}
		for range need {
			if tr.Step(up) || tr.Status() != want {
				t.Fatalf("rise %d, fall %d: a status that was reached changed by more of the same", rise, fall)
			}
		}
	})
}

// Step reports a change exactly when Status changes, and a status is left only by results of the other kind.
func TestStepReportsChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := track.New(rapid.IntRange(1, 6).Draw(t, "rise"), rapid.IntRange(1, 6).Draw(t, "fall"))
		for _, ok := range rapid.SliceOf(rapid.Bool()).Draw(t, "results") {
			was := tr.Status()
			changed := tr.Step(ok)
			if changed != (tr.Status() != was) {
				t.Fatalf("%v to %v, reported %v", was, tr.Status(), changed)
			}
			if changed && (tr.Status() == track.OK) != ok {
				t.Fatalf("%v made it %v", ok, tr.Status())
			}
		}
	})
}

// With rise and fall 1 the status is the last result.
func TestWithoutPatience(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := track.New(1, 1)
		for _, ok := range rapid.SliceOf(rapid.Bool()).Draw(t, "results") {
			if tr.Step(ok); (tr.Status() == track.OK) != ok {
				t.Fatalf("after %v: %v", ok, tr.Status())
			}
		}
	})
}

// A weight moves the priority in one of two statuses by its full amount, and "reverse" turns the sign only. Without a
// weight one of two statuses is a fault, and "reverse" makes it the other one.
func TestRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := track.Rule{Weight: rapid.IntRange(-253, 253).Draw(t, "weight"), Reverse: rapid.Bool().Draw(t, "reverse")}
		turned := track.Rule{Weight: r.Weight, Reverse: !r.Reverse}
		unknown, ok, ko := r.Effect(track.Unknown), r.Effect(track.OK), r.Effect(track.KO)
		if unknown.Fault || unknown.Add != 0 || unknown.Undecided != (r.Weight == 0) || ok.Undecided || ko.Undecided {
			t.Fatalf("%+v: unknown %+v, OK %+v, KO %+v", r, unknown, ok, ko)
		}
		if r.Weight == 0 {
			if ok.Fault == ko.Fault || ok.Add != 0 || ko.Add != 0 || turned.Effect(track.OK).Fault == ok.Fault {
				t.Fatalf("%+v: OK %+v, KO %+v", r, ok, ko)
			}
			return
		}
		if ok.Fault || ko.Fault || ok.Add+ko.Add != -turned.Effect(track.OK).Add-turned.Effect(track.KO).Add {
			t.Fatalf("%+v: OK %+v, KO %+v", r, ok, ko)
		}
		if (ok.Add != 0) != (r.Weight > 0) || (ko.Add != 0) != (r.Weight < 0) {
			t.Fatalf("%+v: OK %+v, KO %+v", r, ok, ko)
		}
	})
}
