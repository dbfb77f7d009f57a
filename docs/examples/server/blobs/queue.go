package blobs

import (
	"context"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/queueerror"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// Enqueue adds a message that never expires: the sweeper could make it anew, but need not.
func (s *Store) Enqueue(ctx context.Context, id string) error {
	never := int32(-1)
	options := &azqueue.EnqueueMessageOptions{TimeToLive: &never}
	_, err := s.queue.EnqueueMessage(ctx, id, options)
	if queueerror.HasCode(err, queueerror.QueueNotFound) {
		// The queue is gone. What was in it the sweeper finds by the operations, so a new one will do.
		if err := s.makeQueue(ctx); err != nil {
			return err
		}
		_, err = s.queue.EnqueueMessage(ctx, id, options)
	}
	return err
}

func (s *Store) makeQueue(ctx context.Context) error {
	_, err := s.queue.Create(ctx, nil)
	if queueerror.HasCode(err, queueerror.QueueAlreadyExists) {
		return nil
	}
	return err
}

// Length is approximate, as the service says.
func (s *Store) Length(ctx context.Context) (int, error) {
	p, err := s.queue.GetProperties(ctx, nil)
	if queueerror.HasCode(err, queueerror.QueueNotFound) {
		return 0, nil
	}
	if err != nil || p.ApproximateMessagesCount == nil {
		return 0, err
	}
	return int(*p.ApproximateMessagesCount), nil
}

// Dequeue receives one message.
func (s *Store) Dequeue(ctx context.Context, lease time.Duration) (*reports.Message, error) {
	hidden := seconds(lease)
	r, err := s.queue.DequeueMessage(ctx, &azqueue.DequeueMessageOptions{VisibilityTimeout: &hidden})
	if queueerror.HasCode(err, queueerror.QueueNotFound) {
		return nil, nil
	}
	if err != nil || len(r.Messages) == 0 {
		return nil, err
	}
	m := r.Messages[0]
	return &reports.Message{ID: *m.MessageText, Count: int(*m.DequeueCount), Receipt: *m.MessageID + " " + *m.PopReceipt}, nil
}

// Renew updates the visibility timeout; each time the service gives a new receipt.
func (s *Store) Renew(ctx context.Context, m *reports.Message, lease time.Duration) error {
	id, receipt, _ := strings.Cut(m.Receipt, " ")
	hidden := seconds(lease)
	r, err := s.queue.UpdateMessage(ctx, id, receipt, m.ID, &azqueue.UpdateMessageOptions{VisibilityTimeout: &hidden})
	if err != nil {
		return lost(err)
	}
	m.Receipt = id + " " + *r.PopReceipt
	return nil
}

// Remove deletes the message.
func (s *Store) Remove(ctx context.Context, m *reports.Message) error {
	id, receipt, _ := strings.Cut(m.Receipt, " ")
	_, err := s.queue.DeleteMessage(ctx, id, receipt, nil)
	return lost(err)
}

func lost(err error) error {
	if queueerror.HasCode(err, queueerror.MessageNotFound, queueerror.PopReceiptMismatch) {
		return reports.ErrLost
	}
	return err
}

// seconds rounds up: the service knows whole seconds.
func seconds(d time.Duration) int32 { return int32((d + time.Second - 1) / time.Second) }
