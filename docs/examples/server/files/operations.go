package files

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// Create stores version 1: whoever makes the file of that version first has it.
func (s *Store) Create(_ context.Context, op *reports.Operation) error {
	if !plain(op.ID) {
		return fmt.Errorf("%q is not the ID of an operation", op.ID)
	}
	if err := os.Mkdir(s.path("operations", op.ID), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.version(op, 1, reports.ErrExists)
}

// Save stores the next version: whoever makes its file first has it. All versions stay until Delete:
// if one were removed, a late writer could make it a second time.
func (s *Store) Save(_ context.Context, op *reports.Operation) error {
	n, err := strconv.Atoi(op.Version)
	if err != nil {
		return fmt.Errorf("version %q: %w", op.Version, err)
	}
	return s.version(op, n+1, reports.ErrChanged)
}

func (s *Store) version(op *reports.Operation, n int, taken error) error {
	content, err := reports.Encode(op)
	if err != nil {
		return err
	}
	err = s.create(s.path("operations", op.ID, file(n)), content)
	if errors.Is(err, fs.ErrExist) {
		return taken
	}
	if err == nil {
		op.Version = strconv.Itoa(n)
	}
	return err
}

func file(version int) string { return fmt.Sprintf("%06d.json", version) }

func number(file string) string {
	return strings.TrimLeft(strings.TrimSuffix(file, ".json"), "0")
}

// versions returns the files of an operation, the latest last.
func (s *Store) versions(id string) ([]string, error) {
	entries, err := os.ReadDir(s.path("operations", id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, err
}

// Load reads the latest version.
func (s *Store) Load(_ context.Context, id string) (*reports.Operation, error) {
	if !plain(id) {
		return nil, reports.ErrNotFound
	}
	versions, err := s.versions(id)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, reports.ErrNotFound
	}
	content, err := os.ReadFile(s.path("operations", id, versions[len(versions)-1]))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, reports.ErrNotFound // it is being deleted
	}
	if err != nil {
		return nil, err
	}
	op, err := reports.Decode(content)
	if err == nil {
		op.Version = number(versions[len(versions)-1])
	}
	return op, err
}

// Delete removes all versions, the latest last: what a killed process leaves still says that the
// operation has ended.
func (s *Store) Delete(_ context.Context, id string) error {
	versions, err := s.versions(id)
	for _, name := range versions {
		if err = errors.Join(err, remove(s.path("operations", id, name))); err != nil {
			return err
		}
	}
	return errors.Join(err, remove(s.path("operations", id)))
}

// List calls visit for each operation.
func (s *Store) List(ctx context.Context, visit func(id string) error) error {
	entries, err := os.ReadDir(s.path("operations"))
	for _, e := range entries {
		if err = errors.Join(ctx.Err(), visit(e.Name())); err != nil {
			return err
		}
	}
	return err
}

// Claim stores the claim, or reads the one that was faster.
func (s *Store) Claim(_ context.Context, key string, c reports.Claim) (reports.Claim, error) {
	content, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	path := s.path("claims", key+".json")
	if err := s.create(path, content); !errors.Is(err, fs.ErrExist) {
		return c, err
	}
	content, err = os.ReadFile(path)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(content, &c)
}

// SweepClaims removes claims, and temporary files that a killed process left.
func (s *Store) SweepClaims(_ context.Context, keep func(reports.Claim) bool) error {
	entries, err := os.ReadDir(s.path("claims"))
	for _, e := range entries {
		var c reports.Claim
		content, err := os.ReadFile(s.path("claims", e.Name()))
		if err != nil || json.Unmarshal(content, &c) != nil || keep(c) {
			continue
		}
		if err := remove(s.path("claims", e.Name())); err != nil {
			return err
		}
	}
	return errors.Join(err, s.sweepNew())
}

func (s *Store) sweepNew() error {
	entries, err := os.ReadDir(s.path("new"))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			remove(s.path("new", e.Name()))
		}
	}
	return err
}
