package conformance_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// inBubble judges a mock in memory, where waiting takes no time.
func inBubble(t *testing.T, s *mockserver.Server, suite conformance.Suite, change func(*conformance.Target)) *conformance.Report {
	t.Helper()
	mock := mockserver.NewInMemory(t, s)
	suite.Transport = mock.Client().Transport
	suite.Foreign = suite.Transport
	target := conformance.Target{
		Slow:    &conformance.Submit{URL: mock.URL + "/operations?asyncctl.duration=4s", Body: []byte(`{"report":7}`)},
		Fail:    &conformance.Submit{URL: mock.URL + "/operations?asyncctl.outcome=failed"},
		Invalid: &conformance.Submit{URL: mock.URL + "/operations?asyncctl.outcome=misspelt"},
	}
	if change != nil {
		change(&target)
	}
	return suite.Run(t.Context(), target)
}

func faults(t *testing.T, texts ...string) []mockserver.Fault {
	t.Helper()
	var all []mockserver.Fault
	for _, text := range texts {
		f, err := mockserver.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// findings are the rules with something to say against, with what they say.
func findings(r *conformance.Report) []string {
	var all []string
	for _, result := range r.Results {
		if result.Outcome == conformance.Fail || result.Outcome == conformance.Warn {
			for _, f := range result.Findings {
				all = append(all, string(result.Outcome)+" "+result.ID+": "+f.Message)
			}
		}
	}
	return all
}

func TestWholeSuiteTakesSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report := inBubble(t, nil, conformance.Suite{}, nil)
		if report.Elapsed > 20*time.Second {
			t.Errorf("it took %v", report.Elapsed)
		}
		if report.Broken != "" || report.Executed() < 45 {
			t.Errorf("broken %q, %d checks came to a verdict", report.Broken, report.Executed())
		}
	})
}

func TestTwiceTheSame(t *testing.T) {
	for _, fault := range []string{"slow_close:delay=1ms", "retry-after-garbage", "terminal-reverts", "completion-302", "cancel-ignored", "body-mistyped"} {
		t.Run(fault, func(t *testing.T) {
			var runs [2][]string
			for i := range runs {
				synctest.Test(t, func(t *testing.T) {
					runs[i] = findings(inBubble(t, &mockserver.Server{Seed: 7, Faults: faults(t, fault)}, conformance.Suite{}, nil))
				})
			}
			if !slices.Equal(runs[0], runs[1]) {
				t.Errorf("first\n%s\nthen\n%s", strings.Join(runs[0], "\n"), strings.Join(runs[1], "\n"))
			}
		})
	}
}

// A target that is merely far away, behind a network that loses a connection now and then, has no
// findings.
func TestNoFalseFindings(t *testing.T) {
	for seed := range uint64(25) {
		synctest.Test(t, func(t *testing.T) {
			// With a seed the mock's ids can be guessed: that is found, and rightly so.
			select_ := func(r conformance.Rule) bool { return r.ID != "status-url-unguessable" }
			mock := &mockserver.Server{Seed: seed + 1, Faults: faults(t, "latency:delay=200ms,jitter=20ms", "reset_peer:p=0.01")}
			report := inBubble(t, mock, conformance.Suite{Level: conformance.May, Select: select_}, func(target *conformance.Target) {
				target.Keys, target.Cancel, target.Burst = conformance.Supported, conformance.Supported, true
			})
			if found := findings(report); len(found) > 0 || report.Broken != "" {
				t.Errorf("seed %d: %s %s", seed+1, strings.Join(found, "\n"), report.Broken)
			}
		})
	}
}

func TestBrokenIsNeverGreen(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<!DOCTYPE html><title>Sign in</title><form action=/login><input name=user></form>"))
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		words   string
	}{
		{"login page", page, `HTTP 200 and an HTML page, "Sign in"`},
		{"401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "HTTP 401: see the credentials"},
		{"403", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "HTTP 403: see the credentials"},
		{"404", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "HTTP 404: see the URL"},
		{"500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "HTTP 500 at the submit"},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no whole answer within 30s"},
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "closed the connection"},
		{"speaks something else", func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Write([]byte("SSH-2.0-OpenSSH_9.9\r\n\r\n"))
			c.Close()
		}, "the answer is no HTTP"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				world := inMemory()
				l, host, _ := world.Listen("broken.test")
				server := &http.Server{Handler: test.handler}
				go server.Serve(l)
				defer server.Close()
				wantBroken(t, conformance.Suite{Transport: world.Transport}, host, test.words)
			})
		})
	}
	t.Run("unreachable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			wantBroken(t, conformance.Suite{Transport: inMemory().Transport}, "nobody.test", "nobody listens")
		})
	})
}

func wantBroken(t *testing.T, suite conformance.Suite, host, words string) {
	t.Helper()
	start := time.Now()
	report := suite.Run(t.Context(), conformance.Target{Slow: &conformance.Submit{URL: "http://" + host + "/reports"}})
	if !strings.Contains(report.Broken, words) {
		t.Errorf("got %q, want it to say %q", report.Broken, words)
	}
	if n := report.Executed(); n != 0 {
		t.Errorf("%d checks came to a verdict", n)
	}
	if took := time.Since(start); took > 2*time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestBudgetIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		report := inBubble(t, &mockserver.Server{Faults: faults(t, "stuck")}, conformance.Suite{Budget: 20 * time.Second}, nil)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		if !slices.ContainsFunc(report.Transcripts, func(tr conformance.Transcript) bool { return tr.Probe == "cleanup" }) {
			t.Errorf("%q are left running, and there was no attempt to cancel what ran", report.LeftRunning)
		}
		for _, r := range report.Results {
			if r.ID == "reaches-terminal" && r.Outcome != conformance.Inconclusive {
				t.Errorf("%s: %s: %s", r.ID, r.Outcome, r.Reason)
			}
		}
		if report.Interrupted {
			t.Error("the end of the budget is no interruption")
		}
	})
}

func TestInterruptedIsJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mockserver.NewInMemory(t, nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1500*time.Millisecond, func() { cancel(errors.New("somebody pressed a key")) })
		report := conformance.Suite{Transport: mock.Client().Transport}.Run(ctx, conformance.Target{Slow: &conformance.Submit{URL: mock.URL + "/operations"}})
		if !report.Interrupted || report.Broken != "" {
			t.Errorf("interrupted %v, broken %q", report.Interrupted, report.Broken)
		}
		if report.Executed() == 0 {
			t.Error("what was seen by then is not judged")
		}
		for _, r := range report.Results {
			if r.ID == "reaches-terminal" && r.Outcome != conformance.Inconclusive {
				t.Errorf("%s: %s", r.ID, r.Outcome)
			}
		}
	})
}

func TestNothingStartsWithoutNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		only := func(r conformance.Rule) bool { return r.ID == "unknown-id-404" }
		report := inBubble(t, nil, conformance.Suite{Select: only}, nil)
		var probes []string
		for _, tr := range report.Transcripts {
			probes = append(probes, tr.Probe)
		}
		if want := []string{"slow", "aside", "unknown", "cleanup"}; !slices.Equal(probes, want) {
			t.Errorf("the probes were %q, want %q", probes, want)
		}
		for _, r := range report.Results {
			if want := r.ID == "unknown-id-404"; want != (r.Outcome == conformance.Pass) {
				t.Errorf("%s: %s: %s", r.ID, r.Outcome, r.Reason)
			}
		}
	})
}

func TestSecretsStayAtHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secret := "a-very-secret-token"
		mock := mockserver.NewInMemory(t, &mockserver.Server{Faults: faults(t, "location-cross-origin", "result-cross-origin")})
		suite := conformance.Suite{
			Transport: mock.Client().Transport, Foreign: mock.Client().Transport,
			Credentials: func(context.Context, bool) (http.Header, error) {
				return http.Header{"Authorization": {"Bearer " + secret}}, nil
			},
			Header: http.Header{"X-Api-Key": {secret}},
		}
		report := suite.Run(t.Context(), conformance.Target{Slow: &conformance.Submit{URL: mock.URL + "/operations?access_token=" + secret}})
		if seen := mock.Sightings(); len(seen) > 0 {
			t.Errorf("another origin was given %+v", seen)
		}
		for _, tr := range report.Transcripts {
			for _, x := range tr.Exchanges {
				text := x.Request.URL + string(x.Request.Body) + string(x.Response.Body) + x.Err
				for _, f := range slices.Concat(x.Request.Header, x.Response.Header) {
					text += f.Value
				}
				if strings.Contains(text, secret) {
					t.Fatalf("%s %s holds the secret", tr.Probe, x.Role)
				}
			}
		}
	})
}

func TestEventsTellTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, ended, asked, judged := 0, 0, 0, 0
		report := inBubble(t, nil, conformance.Suite{Observe: func(e conformance.Event) {
			switch {
			case e.Began != nil:
				began++
			case e.Ended != nil:
				ended++
			case e.Asked != nil:
				asked++
			case e.Judged != nil:
				judged++
			}
		}}, nil)
		exchanges := 0
		for _, tr := range report.Transcripts {
			exchanges += len(tr.Exchanges)
		}
		if began == 0 || ended != len(report.Transcripts) || asked < exchanges || judged != len(report.Results) {
			t.Errorf("%d began, %d ended, %d asked, %d judged; %d transcripts with %d exchanges", began, ended, asked, judged, len(report.Transcripts), exchanges)
		}
	})
}

func TestOperationsOfVeryDifferentLengthAreNoFinding(t *testing.T) {
	// Over when the first poll may be sent: another one is cancelled at once, or is over by then, too, because
	// the requests of a run wait for each other. Neither is a finding.
	synctest.Test(t, func(t *testing.T) {
		report := inBubble(t, nil, conformance.Suite{Level: conformance.May}, func(target *conformance.Target) {
			target.Slow.URL = strings.Replace(target.Slow.URL, "duration=4s", "duration=500ms", 1)
		})
		for _, r := range report.Results {
			if r.ID == "cancel-accepted" && r.Outcome != conformance.Pass {
				t.Errorf("%s: %s: %s", r.ID, r.Outcome, r.Reason)
			}
		}
	})
	for seed := uint64(1); seed <= 20; seed++ {
		synctest.Test(t, func(t *testing.T) {
			report := inBubble(t, &mockserver.Server{Seed: seed}, conformance.Suite{Level: conformance.May}, func(target *conformance.Target) {
				target.Slow.URL = strings.Replace(target.Slow.URL, "duration=4s", "duration=2s&distribution=lognormal:0.7", 1)
			})
			if all := findings(report); len(all) > 0 {
				t.Errorf("seed %d: %q", seed, all)
			}
		})
	}
}

func TestAnswersAreReadAsTheyComeUnlessAProxySendsThem(t *testing.T) {
	mock := mockserver.NewServer(t, nil)
	self, err := url.Parse(mock.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		proxy func(*http.Request) (*url.URL, error)
		raw   bool
	}{
		{"none for it", func(*http.Request) (*url.URL, error) { return nil, nil }, true},
		{"one for it", http.ProxyURL(self), false}, // the mock takes what is meant for it, also as a proxy
	} {
		suite := conformance.Suite{
			Transport: &http.Transport{Proxy: tt.proxy}, Settle: -1,
			Select: func(r conformance.Rule) bool { return r.ID == "submit-202" },
		}
		report := suite.Run(t.Context(), conformance.Target{Slow: &conformance.Submit{URL: mock.URL + "/operations?asyncctl.duration=0"}})
		for _, x := range report.Transcripts[0].Exchanges {
			if x.Response.Raw != tt.raw || x.Err != "" {
				t.Errorf("%s: %s is read as it comes: %t, want %t (%s)", tt.name, x.Role, x.Response.Raw, tt.raw, x.Err)
			}
		}
	}
}
