package blobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// Create uploads with If-None-Match: *.
func (s *Store) Create(ctx context.Context, op *reports.Operation) error {
	return s.write(ctx, op, absent)
}

// Save uploads with If-Match.
func (s *Store) Save(ctx context.Context, op *reports.Operation) error {
	return s.write(ctx, op, op.Version)
}

func (s *Store) write(ctx context.Context, op *reports.Operation, match string) error {
	content, err := reports.Encode(op)
	if err != nil {
		return err
	}
	version, err := put(ctx, s.operations, op.ID, content, match)
	if err == nil {
		op.Version = version
	}
	return err
}

// Load downloads an operation.
func (s *Store) Load(ctx context.Context, id string) (*reports.Operation, error) {
	content, version, err := get(ctx, s.operations, id)
	if err != nil {
		return nil, err
	}
	op, err := reports.Decode(content)
	if err == nil {
		op.Version = version
	}
	return op, err
}

// Delete deletes an operation.
func (s *Store) Delete(ctx context.Context, id string) error { return remove(ctx, s.operations, id) }

// List visits the operations, a page of the container after the other.
func (s *Store) List(ctx context.Context, visit func(id string) error) error {
	return each(ctx, s.operations, visit)
}

// Claim uploads with If-None-Match: *, or downloads what was faster.
func (s *Store) Claim(ctx context.Context, key string, c reports.Claim) (reports.Claim, error) {
	content, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	if _, err := put(ctx, s.claims, key, content, absent); !errors.Is(err, reports.ErrExists) {
		return c, err
	}
	content, _, err = get(ctx, s.claims, key)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(content, &c)
}

// SweepClaims looks at each claim.
func (s *Store) SweepClaims(ctx context.Context, keep func(reports.Claim) bool) error {
	return each(ctx, s.claims, func(name string) error {
		content, _, err := get(ctx, s.claims, name)
		if errors.Is(err, reports.ErrNotFound) {
			return nil
		}
		var c reports.Claim
		if err != nil || json.Unmarshal(content, &c) != nil || keep(c) {
			return err
		}
		return remove(ctx, s.claims, name)
	})
}

// PutResult uploads a result.
func (s *Store) PutResult(ctx context.Context, name string, content []byte) error {
	_, err := put(ctx, s.results, name, content, "")
	return err
}

// DeleteResult deletes a result.
func (s *Store) DeleteResult(ctx context.Context, name string) error {
	return remove(ctx, s.results, name)
}

// ResultURL signs for reading this one blob.
func (s *Store) ResultURL(_ context.Context, name string, life time.Duration) (string, error) {
	// The service compares with its own clock: begin a little earlier.
	begin := time.Now().Add(-5 * time.Minute)
	if life < 0 {
		begin = begin.Add(life)
	}
	return s.results.NewBlobClient(name).GetSASURL(sas.BlobPermissions{Read: true}, time.Now().Add(life), &blob.GetSASURLOptions{StartTime: &begin})
}
