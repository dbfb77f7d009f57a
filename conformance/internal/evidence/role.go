package evidence

// Role is what a request was for.
type Role string

// The roles. A client that follows the operation sends those up to [RoleCancel]; the others are
// what a probe asks besides.
const (
	RoleSubmit Role = "submit"
	RolePoll   Role = "poll"
	// RoleHop is a request to where a redirect led that may still be a status, RoleResult one to where
	// the result is.
	RoleHop    Role = "hop"
	RoleResult Role = "result"
	RoleCancel Role = "cancel"

	// RoleImmediate is the first poll, within a tenth of a second of the 202, and RoleRapid one of a
	// row without a pause. Both are early polls on purpose.
	RoleImmediate Role = "immediate"
	RoleRapid     Role = "rapid"
	// RoleBurst is one of many polls at the same time.
	RoleBurst Role = "burst"
	// RoleAgain is a poll, or a request for the result, after the end was told, and RoleRetained one
	// when some time has passed since.
	RoleAgain    Role = "again"
	RoleRetained Role = "retained"
	// RoleExpired is a poll after the retention has passed.
	RoleExpired Role = "expired"

	RoleHead      Role = "head"       // HEAD of the status URL
	RoleAfterHead Role = "after-head" // GET on the same connection
	RoleMatch     Role = "match"      // GET of the status URL with If-None-Match
	RolePut       Role = "put"        // PUT of the status URL
	RolePatch     Role = "patch"      // PATCH of the status URL
	// RoleBare is a poll without credentials, RoleOther one with those of another identity, and
	// RoleBareSubmit a submit without credentials.
	RoleBare       Role = "bare"
	RoleOther      Role = "other"
	RoleBareSubmit Role = "bare-submit"
	// RoleBareResult is a request for the result without credentials, and RoleBareCancel a cancellation
	// without them.
	RoleBareResult Role = "bare-result"
	RoleBareCancel Role = "bare-cancel"
	// RoleUnknown is a GET, and RoleUnknownCancel a DELETE, of a status URL that was never handed out.
	RoleUnknown       Role = "unknown"
	RoleUnknownCancel Role = "unknown-cancel"
	// RoleCancelAgain is the second cancellation of one operation, RoleCancelLate that of a finished one.
	RoleCancelAgain Role = "cancel-again"
	RoleCancelLate  Role = "cancel-late"
	// RoleLateResult is a request for the result of an operation after the late cancellation.
	RoleLateResult Role = "late-result"
	// RoleAfterPut and RoleAfterPatch are polls right after a PUT or a PATCH, to see what it did.
	RoleAfterPut   Role = "after-put"
	RoleAfterPatch Role = "after-patch"
	// RoleControl is a submit that must be accepted, to compare with one that must be refused.
	RoleControl Role = "control"
	// RoleCleanup is what cancels, or asks for, an operation that is left at the end of a run.
	RoleCleanup Role = "cleanup"
)
