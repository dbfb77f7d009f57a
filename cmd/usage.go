package cmd

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/internal/near"
)

// checkArguments makes the errors of a command and of those below it a matter of usage, which say what is
// wanted and give an example.
func checkArguments(c *cobra.Command) {
	for _, sub := range c.Commands() {
		checkArguments(sub)
	}
	if c.Name() == "completion" {
		c.Args, c.RunE = unknownCommand, func(c *cobra.Command, _ []string) error { return c.Help() }
		return
	}
	check := c.Args
	if check == nil || !c.HasParent() {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		var said *app.UsageError
		if err == nil || errors.As(err, &said) {
			return err
		}
		if c.HasSubCommands() && len(args) > 0 && !strings.Contains(c.Use, " ") {
			return unknownCommand(c, args)
		}
		return app.Usagef("%s", wanted(c, check, args))
	}
}

// wanted says which arguments a command takes.
func wanted(c *cobra.Command, check cobra.PositionalArgs, args []string) string {
	_, operands, _ := strings.Cut(c.Use, " ")
	operands = strings.TrimSuffix(operands, " [flags]")
	name := c.CommandPath()
	few := false
	for more := args; len(more) <= len(args)+2; more = append(more, "x") {
		few = few || len(more) > len(args) && check(c, more) == nil
	}
	switch {
	case few:
		return fmt.Sprintf("%s needs %s, for example: %s", strings.TrimPrefix(name, "asyncctl "), operands, example(c))
	case operands == "":
		return fmt.Sprintf("%s takes no arguments, and %q is one; see \"%s --help\"", name, args[0], name)
	}
	return fmt.Sprintf("%s takes %s, and %q is too many; quote what has blanks in it; see \"%s --help\"", name, operands, args[len(args)-1], name)
}

// example is the first line of a command's examples.
func example(c *cobra.Command) string {
	first, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
	first, _, _ = strings.Cut(first, "  #")
	return strings.TrimSpace(first)
}

func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	if meant := near.Word(args[0], names); meant != "" {
		return app.Usagef("there is no command %q; did you mean \"%s %s\"?", args[0], c.CommandPath(), meant)
	}
	return app.Usagef("there is no command %q; see \"%s --help\"", args[0], c.CommandPath())
}

// flagError words what is wrong with the flags of a command.
func flagError(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	var bad *pflag.InvalidValueError
	var number *strconv.NumError
	switch {
	case errors.As(err, &missing):
		return app.Usagef("%s", unknownFlag(c, missing))
	case !errors.As(err, &bad):
		return app.Usagef("%v; see \"%s --help\"", err, c.CommandPath())
	case errors.As(bad.Unwrap(), &number):
		return app.Usagef("--%s %q is not a %s that can be used", bad.GetFlag().Name, bad.GetValue(), kind(bad.GetFlag()))
	}
	reason := bad.Unwrap().Error()
	if value := strconv.Quote(bad.GetValue()); !strings.HasPrefix(reason, value) {
		reason = value + ": " + strings.TrimPrefix(reason, "time: ")
	}
	return app.Usagef("--%s %s", bad.GetFlag().Name, reason)
}

// kind names what a flag takes.
func kind(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "int64", "uint64", "float64":
		return "number"
	case "bool":
		return "true or false"
	}
	return f.Value.Type()
}

func unknownFlag(c *cobra.Command, missing *pflag.NotExistError) string {
	if short := missing.GetSpecifiedShortnames(); short != "" {
		if err := curl.PowerShell(short); err != nil {
			return err.Error()
		}
		return fmt.Sprintf("there is no flag -%s; see \"%s --help all\"", missing.GetSpecifiedName(), c.CommandPath())
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	name := missing.GetSpecifiedName()
	if meant := near.Word(name, names); meant != "" {
		return fmt.Sprintf("there is no flag --%s; did you mean --%s?", name, meant)
	}
	return fmt.Sprintf("there is no flag --%s; see \"%s --help all\"", name, c.CommandPath())
}
