// Package dialect knows how some forty families of APIs say "accepted, ask again later":
//
//	d, ok := dialect.ByName("azure-oploc") // or dialect.Auto{}, which tells by the submit's answer
//	op := lro.Begin(d, request)
//	for !op.Done() {
//		op = lro.Next(d, op, send(op.Next))
//	}
//
// A dialect says only what differs from HTTP's general meaning, which [lro.Next] knows. Most are
// data, one literal of [Rules] each; where a family cannot be said in data it is a few lines of Go
// around such a literal. Both sit in one file a family, with the specification that they are taken
// from; what nobody has verified is marked there and in [Info].
//
// The package sends nothing, keeps nothing and does not ask what time it is. It does not decide
// where credentials may go: it only names URLs, and whoever sends requests judges each of them.
package dialect
