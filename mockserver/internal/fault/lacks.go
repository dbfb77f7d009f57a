package fault

import (
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// Lacks says why a fault has no place in the dialect; empty if it has one.
func Lacks(d *speech.Dialect, fault string) string {
	without := func(t speech.Traits, why string) string {
		if d.Has(t) {
			return ""
		}
		return why
	}
	switch {
	case d.Has(speech.NeedsForeign) && (fault == "location-relative" || fault == "location-absolute" || fault == "401-expiry"):
		return "its status URLs are at another origin, which takes no Authorization"
	case fault == "no-status-url", strings.HasPrefix(fault, "location-"):
		return without(speech.NamesStatus, "its clients derive the status URL themselves")
	case fault == "status-flapping":
		return without(speech.TellsQueued, "its polls do not tell waiting from running")
	case fault == "progress-backwards":
		return without(speech.TellsProgress, "its polls tell no progress")
	case fault == "escape-message", fault == "body-gigantic":
		return without(speech.PolledAsJSON, "its polls have no JSON document")
	case fault == "retry-after-absent":
		return without(speech.HasHints, "it has no Retry-After anyway")
	case fault == "result"+CrossOrigin:
		if d.Has(speech.NamesResult) {
			return ""
		}
		return without(speech.Redirects, "its server does not name the URL of the result")
	case strings.HasPrefix(fault, "completion-"), strings.HasPrefix(fault, "redirect-"):
		return without(speech.Redirects, "its end is no redirect")
	case strings.HasPrefix(fault, "result-") && d.Product == nil:
		return "its result has no URL of its own"
	case strings.HasPrefix(fault, "cancel-") && d.Cancel == nil:
		return "its operations cannot be cancelled"
	}
	return ""
}
