// Package mock starts mocks: of the command mockserver, and inside the process for mock: URLs.
package mock
