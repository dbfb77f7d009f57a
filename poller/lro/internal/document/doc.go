// Package document reads what a server's document says about an operation: the words in the places of a
// state, flags, outcomes, errors and progress, found in one walk over JSON or XML, and what a 200 with all
// that means. It is as pure as package lro, and allocates nothing.
package document
