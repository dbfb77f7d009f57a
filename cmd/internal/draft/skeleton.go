package draft

import "strings"

// Skeleton returns what a file of a built-in dialect needs besides: where the API is and an operation, as
// comments where they are not known.
func Skeleton(url, operation string) string {
	var out strings.Builder
	if url = strings.TrimSuffix(url, "/"); url != "" {
		out.WriteString("url: " + url + "\n")
	} else {
		out.WriteString("# url: https://api.example.com/v1    # where the API is\n")
	}
	if operation == "" {
		operation = "start"
	}
	out.WriteString("# headers: {Authorization: \"Bearer {{secret:TOKEN}}\"}\noperations:\n  " + operation +
		":\n    submit: POST /" + operation + "    # made up: the request that starts an operation\n")
	return out.String()
}
