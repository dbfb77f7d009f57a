package http2

import "fmt"

// Code says why a stream or a connection ended (RFC 9113, section 7).
type Code uint32

// The codes of RFC 9113, section 7.
const (
	NoError Code = iota
	ProtocolError
	InternalError
	FlowControlError
	SettingsTimeout
	StreamClosed
	FrameSizeError
	RefusedStream
	Cancel
	CompressionError
	ConnectError
	EnhanceYourCalm
	InadequateSecurity
	HTTP11Required
)

var codeNames = [...]string{
	"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
	"FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
}

// String returns the name that RFC 9113 gives the code.
func (c Code) String() string {
	if int(c) < len(codeNames) {
		return codeNames[c]
	}
	return fmt.Sprintf("error code %#x", uint32(c))
}

// Error is what ended a stream or a connection.
type Error struct {
	Code Code
	// Server reports whether the server ended it, with RST_STREAM or GOAWAY. Otherwise we did,
	// because of What it sent.
	Server bool
	// Connection reports whether all streams ended.
	Connection bool
	What       string
}

// Error says who ended it, and why.
func (e *Error) Error() string {
	switch {
	case e.Server && e.Connection:
		return "the server ended the HTTP/2 connection: " + e.Code.String()
	case e.Server:
		return "the server reset the HTTP/2 stream: " + e.Code.String()
	}
	if e.Code == HTTP11Required {
		return "the server does not speak HTTP/2: " + e.What
	}
	return "the server broke the rules of HTTP/2: " + e.What + " (" + e.Code.String() + ")"
}

// broken is an error of the connection that the server caused.
func broken(code Code, what string) *Error { return &Error{Code: code, Connection: true, What: what} }

// malformed is an error of one stream that the server caused.
func malformed(code Code, what string) *Error { return &Error{Code: code, What: what} }
