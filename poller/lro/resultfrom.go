package lro

// ResultFrom is where the result of a success is.
type ResultFrom uint8

// The places. Azure calls the choice final-state-via and knows them as azure-async-operation or
// operation-location, location, and original-uri.
const (
	ResultAuto     ResultFrom = iota // as the dialect, or the answer, says
	ResultStatus                     // the last status document is the result
	ResultLocation                   // where Location led, in the last answer or in that to the submit
	ResultOriginal                   // at the URL of the submit
	ResultNone                       // there is none: nothing is fetched
)

var resultNames = [...]string{"auto", "status", "location", "original", "none"}

// String returns the word: "location".
func (f ResultFrom) String() string {
	if int(f) < len(resultNames) {
		return resultNames[f]
	}
	return resultNames[ResultAuto]
}

// ResultFromName is the inverse of String, and takes Azure's words too; false for any other word.
func ResultFromName(name string) (ResultFrom, bool) {
	switch name {
	case "azure-async-operation", "operation-location":
		return ResultStatus, true
	case "original-uri":
		return ResultOriginal, true
	}
	for i, n := range resultNames {
		if n == name {
			return ResultFrom(i), true
		}
	}
	return ResultAuto, false
}

// deliver ends an operation that has succeeded, or goes on to fetch its result: at ref, or in the
// reply at hand if that is empty, unless the person says where.
func (op *Operation) deliver(ref string, r Reply) {
	switch op.policy().ResultFrom {
	case ResultStatus, ResultNone:
		ref = ""
	case ResultLocation:
		if ref = r.field("Location"); ref == "" {
			ref = op.Location
		}
		if ref == "" {
			op.noResult("no answer named it by Location")
			return
		}
	case ResultOriginal:
		if ref = op.SubmitURL; ref == "" {
			op.noResult("the URL of the submit is not known: go on with the handle and not with the status URL")
			return
		}
	}
	if ref == "" {
		op.succeed()
		return
	}
	target, ok := op.resolve(ref)
	switch {
	case !ok:
	case target == op.Next.URL || target == op.StatusURL:
		op.succeed()
	default:
		op.fetch(target, r)
	}
}

// noResult ends an operation that has succeeded, but whose result is not where the person said.
func (op *Operation) noResult(why string) {
	op.settle(StateSucceeded)
	op.lose(ResultGone, why)
	op.Outcome = Gone
}
