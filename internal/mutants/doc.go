// Package mutants has the servers against which package conformance tests itself: the mock without
// a fault, the mock with each of its faults, and the mock behind a handler that spoils its answers in
// one more way.
//
//	matrix := mutants.SelfTest(ctx, mutants.All(mutants.Loopback(dialect.ByName)), 4, nil)
//	fmt.Println(matrix.OK())
//
// Each mutant lists the rules that it breaks. What the suite finds must be these and no others.
package mutants
