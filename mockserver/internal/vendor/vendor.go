// Package vendor has the dialects that are data: one file an API, each with its
// source.
package vendor

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/asyncctl/asyncctl/mockserver/internal/shape"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

//go:embed *.json
var files embed.FS

// A vendor is an API of the folder. It is read when somebody asks for it.
type vendor struct {
	names []string // the first is that of its file, the others stand for it
	read  func() *reading
}

// A reading is a file that was read.
type reading struct {
	info   speech.DialectInfo
	router *shape.Router
}

// vendors are all of them, in the order in which they are listed.
var vendors = func() []vendor {
	var all []vendor
	for _, names := range [][]string{
		{"replicate"}, {"openai-response", "openai", "openai-responses"}, {"assemblyai"}, {"openai-batch"}, {"anthropic-batch", "anthropic"},
		{"openai-finetune", "openai-fine-tuning"}, {"fal-queue", "fal"}, {"runpod"}, {"jira-task", "jira"}, {"oci-workrequest", "oci", "oracle"},
		{"adobe-pdf", "adobe"}, {"stability"}, {"lxd-operation", "lxd", "incus"},
	} {
		all = append(all, vendor{names, sync.OnceValue(func() *reading { return read(names) })})
	}
	return all
}()

// read reads a file, which is in the binary: a test reads them all.
func read(names []string) *reading {
	text, err := files.ReadFile(names[0] + ".json")
	if err != nil {
		panic(err)
	}
	var file struct {
		Source  string             `json:"source"`
		Example speech.DialectInfo `json:"example"`
		shape.Shape
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		panic(fmt.Sprintf("%s.json: %v", names[0], err))
	}
	file.Shape.Name = names[0]
	for i := range file.Kinds {
		if k := &file.Kinds[i]; k.Name != "" {
			k.Name = names[0] + "/" + k.Name
		}
	}
	router, err := shape.Compile(&file.Shape)
	if err != nil {
		panic(fmt.Sprintf("%s.json: %v", names[0], err))
	}
	r := &reading{info: file.Example, router: router}
	r.info.Name, r.info.Aliases, r.info.Source = names[0], names[1:], file.Source
	for _, d := range router.Dialects() {
		d.Expired = http.StatusNotFound // none of them has a word of its own for what was there
	}
	router.Dialects()[0].DialectInfo = r.info
	return r
}

// Named returns the dialect of a name, or nil.
func Named(name string) *speech.Dialect {
	i := slices.IndexFunc(vendors, func(v vendor) bool { return slices.Contains(v.names, name) })
	if i < 0 {
		return nil
	}
	return vendors[i].read().router.Dialects()[0]
}

// Names returns the names of the dialects.
func Names() []string {
	names := make([]string, len(vendors))
	for i, v := range vendors {
		names[i] = v.names[0]
	}
	return names
}

// All returns every dialect with all its kinds, for each of the vendors.
func All() [][]*speech.Dialect {
	all := make([][]*speech.Dialect, len(vendors))
	for i, v := range vendors {
		all[i] = v.read().router.Dialects()
	}
	return all
}
