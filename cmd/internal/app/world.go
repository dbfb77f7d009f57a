package app

import (
	"io"
	"os"
)

// World is what a run of the program touches. Tests make their own.
type World struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            func(name string) string
}

// Process is the real world.
func Process() World {
	return World{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Getenv}
}
