package app

import (
	"io"
	"log"
	"os"
)

// World is what a run of the program touches. Tests make their own.
type World struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            func(name string) string
}

// Process is the real world. What net/http has to say beside its errors ("Unsolicited response ...") is a server's
// text on stderr, in the middle of a view or of records: the process drops it.
func Process() World {
	log.SetOutput(io.Discard)
	return World{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Getenv}
}
