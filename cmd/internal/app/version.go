package app

import (
	"runtime/debug"
)

// version is set by the linker for releases; otherwise the build's own record counts.
var version string

func VersionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
