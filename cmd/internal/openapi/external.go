package openapi

import (
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// mostFiles bounds the files that one document may be spread over.
const mostFiles = 200

// external returns the root of another file that a document refers to; nil if it cannot be read. Its own
// references are made such that they lead to the same place from everywhere.
func (d *Document) external(path string) *yaml.Node {
	if root, ok := d.files[path]; ok {
		return root
	}
	if d.files == nil {
		d.files = map[string]*yaml.Node{}
	}
	if len(d.files) >= mostFiles {
		return nil
	}
	d.files[path] = nil
	text, err := bounded.Regular(path, maxFile)
	if err != nil {
		return nil
	}
	var file yaml.Node
	if yaml.Unmarshal(text, &file) != nil || len(file.Content) == 0 {
		return nil
	}
	anchor(file.Content[0], path)
	d.files[path] = file.Content[0]
	return file.Content[0]
}

// anchor makes the references of a file absolute.
func anchor(n *yaml.Node, path string) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if v := n.Content[i+1]; n.Content[i].Value == "$ref" && v.Kind == yaml.ScalarNode {
				v.Value = absolute(v.Value, path)
			}
		}
	}
	for _, c := range n.Content {
		anchor(c, path)
	}
}

// absolute returns a reference with the path of its file; a URL stays as it is.
func absolute(ref, from string) string {
	file, pointer, _ := strings.Cut(ref, "#")
	switch {
	case strings.Contains(file, "://"), filepath.IsAbs(file):
		return ref
	case file == "":
		return from + "#" + pointer
	}
	return filepath.Join(filepath.Dir(from), filepath.FromSlash(file)) + "#" + pointer
}

// within returns the root that a reference is to be looked up in, and the pointer there. Only files beside
// or below the document are read: a document is somebody else's.
func (d *Document) within(ref string) (root *yaml.Node, pointer string) {
	file, pointer, _ := strings.Cut(ref, "#")
	if file == "" {
		return d.root, pointer
	}
	if strings.Contains(file, "://") {
		return nil, ""
	}
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(d.path), filepath.FromSlash(path))
	}
	home, err := filepath.Abs(filepath.Dir(d.path))
	if err != nil {
		return nil, ""
	}
	full, err := filepath.Abs(path)
	if err != nil || !strings.HasPrefix(full, home+string(filepath.Separator)) {
		return nil, ""
	}
	if own, err := filepath.Abs(d.path); err == nil && own == full {
		return d.root, pointer
	}
	return d.external(full), pointer
}
