// Package show decides what of a URL, of a header field and of foreign text may be shown to people, in
// logs, reports and recordings. Everything that prints goes through it:
//
//	show.URL(url)            // https://api.example.com/s/1?sig=REDACTED
//	show.Field(name, value)  // Authorization: Bearer REDACTED
//	show.Line(text)          // one line, in which every character only shows itself
//	secrets.Text(text)       // without any value that the person configured
//
// What is not known to be harmless is hidden: the lists in this package name what may be seen, never
// what may not. Hide first and clip afterwards: half a secret is not found any more.
//
// It does not recognise secrets in the path of a URL or in a content, unless they were given to [Secrets].
package show

// Hidden stands where a value is left out.
const Hidden = "REDACTED"
