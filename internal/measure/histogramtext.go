package measure

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MarshalText writes the histogram in HdrHistogram's V2 compressed form, in base64, which the
// histogram libraries of other languages read too. An empty one is empty text.
func (h *Histogram) MarshalText() ([]byte, error) {
	if h.Count() == 0 {
		return []byte{}, nil
	}
	full := hdrhistogram.New(1, highest, 3)
	for _, b := range h.Bars() {
		if err := full.RecordValues(int64(b.From), b.Count); err != nil {
			return nil, err
		}
	}
	return full.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
}

// UnmarshalText reads what MarshalText writes, and replaces what was counted. It takes nothing but
// the resolution that is used here, so that a merge is exact; what it needs of memory is bounded by
// that, whatever the text claims.
func (h *Histogram) UnmarshalText(text []byte) error {
	*h = Histogram{}
	if len(text) == 0 {
		return nil
	}
	packed, err := hdrhistogram.DecodePacked(text)
	if err != nil {
		return fmt.Errorf("not a histogram: %w", err)
	}
	if packed.SignificantFigures() != 3 || packed.LowestTrackableValue() != 1 || packed.HighestTrackableValue() != highest {
		return fmt.Errorf("a histogram of %d digits from %d to %d; here they have 3 digits from 1 to %d",
			packed.SignificantFigures(), packed.LowestTrackableValue(), packed.HighestTrackableValue(), highest)
	}
	total := int64(0)
	packed.ForEachBucket(func(value, count int64) bool {
		if count < 0 || total+count < total {
			total = -1
			return false
		}
		total += count
		h.RecordN(time.Duration(value), count)
		return true
	})
	if total <= 0 || h.Count() != total {
		*h = Histogram{}
		return fmt.Errorf("not a histogram: its counts make no sum")
	}
	return nil
}
