package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

var (
	link    = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	heading = regexp.MustCompile(`^#{1,6} +(.*?) *#*$`)
	inCode  = regexp.MustCompile("`[^`]*`")
)

// broken returns an error for each link between files of the repository that leads nowhere. Links to
// the web are not followed.
func broken(root fs.FS) error {
	var all []error
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == "dist"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".md":
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		all = append(all, brokenIn(root, name, string(text))...)
		return nil
	})
	return errors.Join(append(all, err)...)
}

func brokenIn(root fs.FS, name, text string) []error {
	var all []error
	for n, line := range prose(text) {
		for _, m := range link.FindAllStringSubmatch(inCode.ReplaceAllString(line, ""), -1) {
			target := m[1] + m[2]
			if strings.Contains(target, ":") { // the web, mail
				continue
			}
			if err := resolve(root, name, text, target); err != nil {
				all = append(all, fmt.Errorf("%s:%d: %w", name, n+1, err))
			}
		}
	}
	return all
}

// resolve follows one link of a page.
func resolve(root fs.FS, name, text, target string) error {
	file, anchor, _ := strings.Cut(target, "#")
	if file != "" {
		file = path.Join(path.Dir(name), file)
		info, err := fs.Stat(root, file)
		if err != nil {
			return fmt.Errorf("there is no %s", file)
		}
		if info.IsDir() || anchor == "" {
			return nil
		}
		content, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		text = string(content)
	}
	if anchor != "" && !anchors(text)[anchor] {
		return fmt.Errorf("%s has no heading for #%s", path.Clean(path.Join(file, ".")), anchor)
	}
	return nil
}

// prose returns the lines of a page, those of code blocks empty.
func prose(text string) []string {
	lines := strings.Split(text, "\n")
	fenced := false
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			lines[i] = ""
		}
		if fenced {
			lines[i] = ""
		}
	}
	return lines
}

// anchors returns the names by which the headings of a page are linked to, as code forges make them.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, line := range prose(text) {
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := slug(m[1])
		for n := 1; names[name]; n++ {
			name = fmt.Sprintf("%s-%d", slug(m[1]), n)
		}
		names[name] = true
	}
	return names
}

func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 127:
			return r
		}
		return -1
	}, strings.ToLower(title))
}
