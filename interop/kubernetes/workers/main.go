// Command workers runs asyncctl with as many workers as the index of its pod says, and one: pods of a Job
// are alike, and the split must not depend on this.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

func main() {
	index, err := strconv.Atoi(os.Getenv("JOB_COMPLETION_INDEX"))
	if err == nil {
		args := append([]string{"/usr/bin/asyncctl"}, os.Args[1:]...)
		err = syscall.Exec(args[0], append(args, "--workers", strconv.Itoa(index+1)), os.Environ())
	}
	fmt.Fprintln(os.Stderr, "workers:", err)
	os.Exit(1)
}
