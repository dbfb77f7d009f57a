// Package curl reads the command line in curl's words: what to send, with which header, over which
// connection. It sends nothing itself.
//
//	var request curl.Request
//	request.Bind(flags)
//	// once the flags are parsed
//	submit, err := request.Build(url, &curl.Input{Stdin: os.Stdin})
//
// Its errors are mistakes in what the person wrote, or in a file that was named. None of them holds
// the value of a header, a password or a token. It does not know curl's exit codes, its configuration
// file or its URL globs.
package curl
