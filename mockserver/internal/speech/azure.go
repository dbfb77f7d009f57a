package speech

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// azureFamily is Azure, as its control plane and its data plane speak.
//
// Azure Resource Manager RPC v1.0, async-api-reference.md; Azure/autorest,
// final-state-via; Microsoft Azure REST API Guidelines, Long-Running Operations
// & Jobs, and Considerations for Service Design.
var azureFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "arm-async", Aliases: []string{"arm", "azure-arm", "azure-async"},
			Source: "Azure Resource Manager RPC v1.0, async-api-reference.md, Azure-AsyncOperation",
			Method: "PUT", Path: armExample, Header: []string{"Content-Type: application/json"}, Body: `{"location":"westeurope","properties":{}}`,
		},
		Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | HasHints,
		Route:    routeARM,
		Guard:    guardAzure,
		Admit:    admitResource,
		Accepted: acceptARM,
		Status:   statusARM,
		Result:   resultARM,
		Refuse:   (*Exchange).refuseAzure,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(armStatuses + v.ID + x.version()) },
		Product:  func(x *Exchange, v work.View) string { return x.Here(armResults + v.ID + x.version()) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "arm-location", Aliases: []string{"azure-location"},
			Source: "Azure Resource Manager RPC v1.0, async-api-reference.md, Location header",
			Method: "POST", Path: strings.Replace(armExample, "?", "/restart?", 1), Header: []string{"Content-Type: application/json"}, Body: `{}`,
		},
		Traits:   NamesStatus | HasHints,
		Route:    routeARM,
		Guard:    guardAzure,
		Admit:    admitResource,
		Accepted: acceptLocation,
		Status:   statusLocation,
		Result:   resultARM,
		Refuse:   (*Exchange).refuseAzure,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(armResults + v.ID + x.version()) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "arm-body", Aliases: []string{"azure-body"},
			Source: "Azure Resource Manager RPC v1.0, async-api-reference.md, provisioningState",
			Method: "PUT", Path: armExample, Header: []string{"Content-Type: application/json"}, Body: `{"location":"westeurope","properties":{}}`,
		},
		Traits:   TellsQueued | PolledAsJSON | HasHints | EndsAtOnce | NeedsMemory,
		Route:    routeARMBody,
		Guard:    guardAzure,
		Admit:    admitResource,
		Accepted: acceptARMBody,
		Status:   (*Exchange).resourceARM,
		Refuse:   (*Exchange).refuseAzure,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x) + x.version()) },
		Expired:  http.StatusNotFound,
	},
}

const (
	armExample   = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Mock/things/a?api-version=2024-01-01"
	armStatuses  = "/subscriptions/0/providers/Microsoft.Mock/locations/westeurope/operationStatuses/"
	armResults   = "/subscriptions/0/providers/Microsoft.Mock/locations/westeurope/operationResults/"
	allowARM     = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
	allowARMBody = "GET, HEAD, OPTIONS, PATCH, PUT"
	locationPart = "location" // the operation behind Location
)

// armWords are the states of the Azure-AsyncOperation resource: three are final
// and fixed, the others may be any. async-api-reference.md, Asynchronous
// Operation Resource format.
var armWords = words{pending: "Accepted", running: "Running", cancelling: "Canceling", succeeded: "Succeeded", failed: "Failed", cancelled: "Canceled"}

// routeARM has the operations at two paths; every other path is a resource.
func routeARM(x *Exchange) Target {
	status, isStatus := strings.CutPrefix(x.Path, armStatuses)
	result, isResult := strings.CutPrefix(x.Path, armResults)
	switch {
	case isStatus || isResult:
		switch {
		case !IsGet(x.R):
			return NotAllowed(AllowStatusNoCancel)
		case isStatus && x.Dialect.Product != nil:
			return Target{Phase: OnPoll, ID: status}
		case isStatus:
			return Target{}
		case x.Dialect.Product != nil:
			return Target{Phase: OnResult, ID: result, Part: locationPart}
		}
		return Target{Phase: OnPoll, ID: result}
	case IsGet(x.R):
		return Target{Phase: OnResult, ID: x.Host.Store.Bound(x.resource())}
	case x.R.Method == http.MethodOptions:
		return NotAllowed(allowARM)
	}
	return Target{Phase: OnSubmit}
}

func routeARMBody(x *Exchange) Target {
	switch x.R.Method {
	case http.MethodPut, http.MethodPatch:
		return Target{Phase: OnSubmit}
	case http.MethodGet, http.MethodHead:
		return Target{Phase: OnPoll, ID: x.Host.Store.Bound(x.resource())}
	}
	return NotAllowed(allowARMBody)
}

// guardAzure asks for an api-version.
//
// Azure REST API Guidelines, API Versioning: "400 ... MissingApiVersionParameter".
func guardAzure(x *Exchange) *Problem {
	if strings.Contains(x.R.URL.RawQuery, "api-version=") {
		return nil
	}
	return &Problem{Status: http.StatusBadRequest, Word: "MissingApiVersionParameter", Detail: "The api-version query parameter (?api-version=) is required for all requests."}
}

// version is the query of the status URL: "The api-version" is that of the submit.
func (x *Exchange) version() string {
	return "?api-version=" + url.QueryEscape(x.R.URL.Query().Get("api-version"))
}

// acceptARM answers PUT with the resource, and others with 202, no content, and
// Location, which "MUST" be there also beside Azure-AsyncOperation.
func acceptARM(x *Exchange, v work.View) {
	x.Field("Azure-AsyncOperation", x.Monitor(v))
	x.Hint(v.Hint)
	if v.Method == http.MethodPut {
		x.sendShape(createdCode(v), v)
		return
	}
	x.Field("Location", x.Product(v))
	x.Head(http.StatusAccepted)
}

// statusARM answers for the Azure-AsyncOperation resource, always with 200.
func statusARM(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	x.send(http.StatusOK, statusMembers(v, x.object().text("id", armStatuses+v.ID).text("name", v.ID), &armWords))
}

// statusOf is the members that tell the state.
func statusMembers(v work.View, m Members, w *words) Members {
	m = m.text("status", w.of(v)).time("startTime", v.Accepted)
	if v.Snap.Status.Done() {
		m = m.time("endTime", v.Changed())
	}
	m = m.number("percentComplete", v.Snap.Percent)
	switch v.Snap.Status {
	case work.Failed: // "required if status is Failed or Canceled"
		m = m.begin("error").text("code", "OperationFailed").text("message", Why(v)).end()
	case work.Cancelled:
		m = m.begin("error").text("code", "OperationCanceled").text("message", "The operation was canceled.").end()
	}
	return m
}

// resultARM answers for the resource, or for the URL in Location.
func resultARM(x *Exchange, v work.View) {
	switch {
	case x.Target.Part == locationPart:
		statusLocation(x, v)
	case v.Method == http.MethodDelete && v.Snap.Status == work.Succeeded:
		x.Unknown()
	case x.Dialect.Product == nil && v.Method == http.MethodPut && v.Snap.Status != work.Succeeded:
		x.Unknown() // "not be visible until the async operation completes", if a 202 answered the PUT
	default:
		x.resourceARM(v)
	}
}

func acceptLocation(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.Head(http.StatusAccepted)
}

// statusLocation answers for the URL in Location: 202, and at last "the exact
// same response that would have been returned had the operation been executed
// synchronously".
func statusLocation(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done():
		x.Field("Location", x.Here(armResults+v.ID+x.version()))
		x.Hint(v.Hint)
		x.Head(http.StatusAccepted)
	case v.Snap.Status == work.Failed:
		x.Problem(Problem{Status: work.FailCode(v.Scenario), Word: "OperationFailed", Detail: Why(v)})
	case v.Snap.Status == work.Cancelled:
		x.Problem(Problem{Status: http.StatusConflict, Word: "OperationCanceled", Detail: "The operation was canceled."})
	case v.Method == http.MethodDelete:
		x.Head(http.StatusNoContent)
	case v.Note != nil:
		x.resourceARM(v)
	default:
		x.SendResult(v)
	}
}

func acceptARMBody(x *Exchange, v work.View) {
	if v.Snap.Status == work.Succeeded { // "the exact same response" as if it were synchronous
		x.resourceARM(v)
		return
	}
	x.Hint(v.Hint)
	x.sendShape(createdCode(v), v)
}

// refuseAzure sends an error.
//
// Azure Resource Manager RPC v1.0, common-api-details.md, Error Response
// Content; Azure REST API Guidelines, Handling Errors.
func (x *Exchange) refuseAzure(p Problem) {
	word := p.Word
	if word == "" {
		word = azureCodes[p.Status]
	}
	if word == "" {
		word = strings.ReplaceAll(http.StatusText(p.Status), " ", "")
	}
	x.Field("x-ms-error-code", word)
	x.send(p.Status, x.object().begin("error").text("code", word).text("message", p.Detail).end())
}

var azureCodes = map[int]string{
	http.StatusBadRequest: "InvalidRequest", http.StatusNotFound: "ResourceNotFound", http.StatusTooManyRequests: "TooManyRequests",
	http.StatusServiceUnavailable: "ServerBusy",
}
