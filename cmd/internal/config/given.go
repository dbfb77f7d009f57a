package config

import (
	"context"

	"github.com/spf13/pflag"
)

// Given is a flag as it stood on the command line, without what the environment and the configuration
// added.
type Given struct {
	Name   string
	Values []string // of a flag that may be repeated, all of them
	Switch bool     // it takes no value
}

type givenKey struct{}

// remember keeps the flags of the command line in a context.
func remember(ctx context.Context, fs *pflag.FlagSet) context.Context {
	var all []Given
	fs.Visit(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		g := Given{Name: f.Name, Values: []string{f.Value.String()}, Switch: f.NoOptDefVal != ""}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			g.Values = append([]string{}, list.GetSlice()...)
		}
		all = append(all, g)
	})
	return context.WithValue(ctx, givenKey{}, all)
}

// GivenFrom returns the flags of the command line in their order.
func GivenFrom(ctx context.Context) []Given {
	all, _ := ctx.Value(givenKey{}).([]Given)
	return all
}
