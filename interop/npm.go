package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
)

// npm installs the packages, once, into a folder of the cache, and returns the folder.
func (s *stage) npm(ctx context.Context, name string, packages ...string) (string, error) {
	dir := filepath.Join(s.cache, name)
	if _, err := os.Stat(filepath.Join(dir, "package-lock.json")); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	args := append([]string{"install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error"}, packages...)
	return dir, s.execute(ctx, dir, "npm", args...)
}

// npmVersion returns "name version" of an installed package.
func npmVersion(dir, name string) string {
	content, err := os.ReadFile(filepath.Join(dir, "node_modules", name, "package.json"))
	if err != nil {
		return name
	}
	var about struct{ Version string }
	if err := json.Unmarshal(content, &about); err != nil {
		return name
	}
	return name + " " + about.Version
}
