package draft

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// Exchange is one request and the answer to it.
type Exchange struct {
	Method, URL string
	Header      http.Header // of the request
	Body        []byte
	Status      int
	Response    http.Header
	Content     []byte
	At          time.Time // when it was sent
}

// maxHAR bounds a recording in bytes.
const maxHAR = 256 << 20

// har is what counts of a recording (HTTP Archive 1.2).
type har struct {
	Log struct {
		Entries []struct {
			Started time.Time `json:"startedDateTime"`
			Request struct {
				Method  string  `json:"method"`
				URL     string  `json:"url"`
				Headers []named `json:"headers"`
				Content *struct {
					Text string `json:"text"`
				} `json:"postData"`
			} `json:"request"`
			Response struct {
				Status  int     `json:"status"`
				Headers []named `json:"headers"`
				Content struct {
					Text     string `json:"text"`
					Encoding string `json:"encoding"`
				} `json:"content"`
			} `json:"response"`
		} `json:"entries"`
	} `json:"log"`
}

type named struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ReadHAR reads a recording of a browser or a proxy.
func ReadHAR(path string) ([]Exchange, error) {
	text, err := bounded.File(path, maxHAR)
	if err != nil {
		return nil, err
	}
	var file har
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s is not a HAR file: %w", path, err)
	}
	if len(file.Log.Entries) == 0 {
		return nil, errors.New(path + ": it has no requests (log.entries)")
	}
	var all []Exchange
	for _, e := range file.Log.Entries {
		x := Exchange{
			Method: e.Request.Method, URL: e.Request.URL, Header: headerOf(e.Request.Headers), Status: e.Response.Status,
			Response: headerOf(e.Response.Headers), Content: []byte(e.Response.Content.Text), At: e.Started,
		}
		if e.Request.Content != nil {
			x.Body = []byte(e.Request.Content.Text)
		}
		if e.Response.Content.Encoding == "base64" {
			if plain, err := base64.StdEncoding.DecodeString(e.Response.Content.Text); err == nil {
				x.Content = plain
			}
		}
		x.URL, _, _ = strings.Cut(x.URL, "#")
		all = append(all, x)
	}
	return all, nil
}

func headerOf(fields []named) http.Header {
	h := http.Header{}
	for _, one := range fields {
		if !strings.HasPrefix(one.Name, ":") {
			h.Add(one.Name, one.Value)
		}
	}
	return h
}
