// Asyncctl follows, imitates, judges and loads HTTP endpoints that answer "202 Accepted, ask again
// later".
package main

import (
	"os"

	"github.com/asyncctl/asyncctl/cmd"
)

func main() {
	os.Exit(cmd.Main(cmd.Process()))
}
