// Package blobs keeps operations and results in Azure Blob Storage, and the queue in Azure Queue
// Storage. A conditional write is If-Match (and If-None-Match: * for "must not exist"), a lease is the
// visibility timeout of a message, and the URL of a result carries a shared access signature.
package blobs

import (
	"context"
	"fmt"
	"io"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// Store is a [reports.Store] in one storage account.
type Store struct {
	operations, claims, results *container.Client
	queue                       *azqueue.QueueClient
}

// Open connects to the account of a connection string, and makes the containers and the queue that
// are not there yet. Their names begin with prefix.
func Open(ctx context.Context, connection, prefix string) (*Store, error) {
	account, err := azblob.NewClientFromConnectionString(connection, nil)
	if err != nil {
		return nil, fmt.Errorf("the connection string: %w", err)
	}
	s := &Store{}
	for name, to := range map[string]**container.Client{"operations": &s.operations, "claims": &s.claims, "results": &s.results} {
		*to = account.ServiceClient().NewContainerClient(prefix + name)
		if _, err := (*to).Create(ctx, nil); err != nil && !bloberror.HasCode(err, bloberror.ContainerAlreadyExists) {
			return nil, err
		}
	}
	if s.queue, err = azqueue.NewQueueClientFromConnectionString(connection, prefix+"work", nil); err != nil {
		return nil, err
	}
	return s, s.makeQueue(ctx)
}

// put writes a blob whole: only if its version is match, or, where match is absent, if there is none.
// An empty match writes whatever is there.
func put(ctx context.Context, c *container.Client, name string, content []byte, match string) (version string, err error) {
	conditions := &blob.ModifiedAccessConditions{}
	switch match {
	case "":
	case absent:
		conditions.IfNoneMatch = new(azcore.ETag)
		*conditions.IfNoneMatch = azcore.ETagAny
	default:
		conditions.IfMatch = new(azcore.ETag)
		*conditions.IfMatch = azcore.ETag(match)
	}
	kind := "application/json"
	r, err := c.NewBlockBlobClient(name).UploadBuffer(ctx, content, &blockblob.UploadBufferOptions{
		HTTPHeaders:      &blob.HTTPHeaders{BlobContentType: &kind},
		AccessConditions: &blob.AccessConditions{ModifiedAccessConditions: conditions},
	})
	switch {
	case bloberror.HasCode(err, bloberror.BlobAlreadyExists):
		return "", reports.ErrExists
	case bloberror.HasCode(err, bloberror.ConditionNotMet, bloberror.BlobNotFound):
		return "", reports.ErrChanged
	case err != nil:
		return "", err
	}
	return string(*r.ETag), nil
}

// absent is no ETag: those are quoted.
const absent = "absent"

func get(ctx context.Context, c *container.Client, name string) (content []byte, version string, err error) {
	r, err := c.NewBlobClient(name).DownloadStream(ctx, nil)
	if bloberror.HasCode(err, bloberror.BlobNotFound) {
		return nil, "", reports.ErrNotFound
	}
	if err != nil {
		return nil, "", err
	}
	defer r.Body.Close()
	content, err = io.ReadAll(io.LimitReader(r.Body, 1<<20))
	return content, string(*r.ETag), err
}

func remove(ctx context.Context, c *container.Client, name string) error {
	_, err := c.NewBlobClient(name).Delete(ctx, nil)
	if bloberror.HasCode(err, bloberror.BlobNotFound) {
		return nil
	}
	return err
}

// each calls visit with the name of each blob of a container.
func each(ctx context.Context, c *container.Client, visit func(name string) error) error {
	pages := c.NewListBlobsFlatPager(nil)
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, item := range page.Segment.BlobItems {
			if err := visit(*item.Name); err != nil {
				return err
			}
		}
	}
	return nil
}
