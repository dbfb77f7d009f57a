package mockserver

import (
	"net/http"
	"net/url"
	"strings"
)

// azureFamily is Azure, as its control plane and its data plane speak.
//
// Azure Resource Manager RPC v1.0, async-api-reference.md; Azure/autorest,
// final-state-via; Microsoft Azure REST API Guidelines, Long-Running Operations
// & Jobs, and Considerations for Service Design.
var azureFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "arm-async", Aliases: []string{"arm", "azure-arm", "azure-async"},
			Source: "Azure Resource Manager RPC v1.0, async-api-reference.md, Azure-AsyncOperation",
			Method: "PUT", Path: armExample, Header: []string{"Content-Type: application/json"}, Body: `{"location":"westeurope","properties":{}}`,
		},
		traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | hasHints,
		route:    routeARM,
		guard:    guardAzure,
		admit:    admitResource,
		accepted: acceptARM,
		status:   statusARM,
		result:   resultARM,
		refuse:   (*exchange).refuseAzure,
		monitor:  func(x *exchange, v view) string { return x.here(armStatuses + v.id + x.version()) },
		product:  func(x *exchange, v view) string { return x.here(armResults + v.id + x.version()) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "arm-location", Aliases: []string{"azure-location"},
			Source: "Azure Resource Manager RPC v1.0, async-api-reference.md, Location header",
			Method: "POST", Path: strings.Replace(armExample, "?", "/restart?", 1), Header: []string{"Content-Type: application/json"}, Body: `{}`,
		},
		traits:   namesStatus | hasHints,
		route:    routeARM,
		guard:    guardAzure,
		admit:    admitResource,
		accepted: acceptLocation,
		status:   statusLocation,
		result:   resultARM,
		refuse:   (*exchange).refuseAzure,
		monitor:  func(x *exchange, v view) string { return x.here(armResults + v.id + x.version()) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "arm-body", Aliases: []string{"azure-body"},
			Source: "Azure Resource Manager RPC v1.0, async-api-reference.md, provisioningState",
			Method: "PUT", Path: armExample, Header: []string{"Content-Type: application/json"}, Body: `{"location":"westeurope","properties":{}}`,
		},
		traits:   tellsQueued | polledAsJSON | hasHints | endsAtOnce | needsMemory,
		route:    routeARMBody,
		guard:    guardAzure,
		admit:    admitResource,
		accepted: acceptARMBody,
		status:   (*exchange).resourceARM,
		refuse:   (*exchange).refuseAzure,
		monitor:  func(x *exchange, v view) string { return x.here(v.local(x) + x.version()) },
		expired:  http.StatusNotFound,
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
func routeARM(x *exchange) target {
	status, isStatus := strings.CutPrefix(x.path, armStatuses)
	result, isResult := strings.CutPrefix(x.path, armResults)
	switch {
	case isStatus || isResult:
		switch {
		case !isGet(x.r):
			return notAllowed(allowStatusNoCancel)
		case isStatus && x.d.product != nil:
			return target{phase: onPoll, id: status}
		case isStatus:
			return target{}
		case x.d.product != nil:
			return target{phase: onResult, id: result, part: locationPart}
		}
		return target{phase: onPoll, id: result}
	case isGet(x.r):
		return target{phase: onResult, id: x.s.store.bound(x.resource())}
	case x.r.Method == http.MethodOptions:
		return notAllowed(allowARM)
	}
	return target{phase: onSubmit}
}

func routeARMBody(x *exchange) target {
	switch x.r.Method {
	case http.MethodPut, http.MethodPatch:
		return target{phase: onSubmit}
	case http.MethodGet, http.MethodHead:
		return target{phase: onPoll, id: x.s.store.bound(x.resource())}
	}
	return notAllowed(allowARMBody)
}

// guardAzure asks for an api-version.
//
// Azure REST API Guidelines, API Versioning: "400 ... MissingApiVersionParameter".
func guardAzure(x *exchange) *problem {
	if strings.Contains(x.r.URL.RawQuery, "api-version=") {
		return nil
	}
	return &problem{Status: http.StatusBadRequest, word: "MissingApiVersionParameter", Detail: "The api-version query parameter (?api-version=) is required for all requests."}
}

// version is the query of the status URL: "The api-version" is that of the submit.
func (x *exchange) version() string {
	return "?api-version=" + url.QueryEscape(x.r.URL.Query().Get("api-version"))
}

// acceptARM answers PUT with the resource, and others with 202, no content, and
// Location, which "MUST" be there also beside Azure-AsyncOperation.
func acceptARM(x *exchange, v view) {
	x.field("Azure-AsyncOperation", x.monitor(v))
	x.hint(v.hint)
	if v.method == http.MethodPut {
		x.sendShape(v.created(), v)
		return
	}
	x.field("Location", x.product(v))
	x.head(http.StatusAccepted)
}

// statusARM answers for the Azure-AsyncOperation resource, always with 200.
func statusARM(x *exchange, v view) {
	x.hint(v.hint)
	x.send(http.StatusOK, v.statusOf(x.object().text("id", armStatuses+v.id).text("name", v.id), &armWords))
}

// statusOf is the members that tell the state.
func (v view) statusOf(m members, w *words) members {
	m = m.text("status", w.of(v)).time("startTime", v.accepted)
	if v.snap.Status.Done() {
		m = m.time("endTime", v.changed())
	}
	m = m.number("percentComplete", v.snap.Percent)
	switch v.snap.Status {
	case Failed: // "required if status is Failed or Canceled"
		m = m.begin("error").text("code", "OperationFailed").text("message", v.why()).end()
	case Cancelled:
		m = m.begin("error").text("code", "OperationCanceled").text("message", "The operation was canceled.").end()
	}
	return m
}

// resultARM answers for the resource, or for the URL in Location.
func resultARM(x *exchange, v view) {
	switch {
	case x.t.part == locationPart:
		statusLocation(x, v)
	case v.method == http.MethodDelete && v.snap.Status == Succeeded:
		x.unknown()
	case x.d.product == nil && v.method == http.MethodPut && v.snap.Status != Succeeded:
		x.unknown() // "not be visible until the async operation completes", if a 202 answered the PUT
	default:
		x.resourceARM(v)
	}
}

func acceptLocation(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.head(http.StatusAccepted)
}

// statusLocation answers for the URL in Location: 202, and at last "the exact
// same response that would have been returned had the operation been executed
// synchronously".
func statusLocation(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done():
		x.field("Location", x.here(armResults+v.id+x.version()))
		x.hint(v.hint)
		x.head(http.StatusAccepted)
	case v.snap.Status == Failed:
		x.problem(problem{Status: v.scenario.failStatus(), word: "OperationFailed", Detail: v.why()})
	case v.snap.Status == Cancelled:
		x.problem(problem{Status: http.StatusConflict, word: "OperationCanceled", Detail: "The operation was canceled."})
	case v.method == http.MethodDelete:
		x.head(http.StatusNoContent)
	case v.note != nil:
		x.resourceARM(v)
	default:
		x.sendResult(v)
	}
}

func acceptARMBody(x *exchange, v view) {
	if v.snap.Status == Succeeded { // "the exact same response" as if it were synchronous
		x.resourceARM(v)
		return
	}
	x.hint(v.hint)
	x.sendShape(v.created(), v)
}

// refuseAzure sends an error.
//
// Azure Resource Manager RPC v1.0, common-api-details.md, Error Response
// Content; Azure REST API Guidelines, Handling Errors.
func (x *exchange) refuseAzure(p problem) {
	word := p.word
	if word == "" {
		word = azureCodes[p.Status]
	}
	if word == "" {
		word = strings.ReplaceAll(http.StatusText(p.Status), " ", "")
	}
	x.field("x-ms-error-code", word)
	x.send(p.Status, x.object().begin("error").text("code", word).text("message", p.Detail).end())
}

var azureCodes = map[int]string{
	http.StatusBadRequest: "InvalidRequest", http.StatusNotFound: "ResourceNotFound", http.StatusTooManyRequests: "TooManyRequests",
	http.StatusServiceUnavailable: "ServerBusy",
}
