package app

import (
	"strings"

	"github.com/asyncctl/asyncctl/internal/show"
)

func IsURL(s string) bool {
	return strings.HasPrefix(strings.ToLower(s), "http://") || strings.HasPrefix(strings.ToLower(s), "https://")
}

// Title names an operation beside its state.
func Title(target string) string {
	_, name, _ := strings.Cut(show.URL(target), "://")
	return name
}
