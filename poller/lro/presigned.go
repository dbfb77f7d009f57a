package lro

import "strings"

// presigned reports whether a URL carries credentials of its own in its query, as links to stores do:
// valet keys, shared access signatures, presigned URLs. Such a URL never needs ours.
func presigned(absolute string) bool {
	_, query, _ := strings.Cut(absolute, "?")
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		switch strings.ToLower(name) {
		case "sig", "signature", "x-amz-signature", "x-goog-signature", "x-oss-signature", "q-signature", "hmac", "tempauth", "token", "access_token":
			return true
		}
	}
	return false
}
