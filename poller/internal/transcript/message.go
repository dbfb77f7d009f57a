package transcript

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// readReply reads an HTTP/1.1 response in text.
func readReply(to *lro.Reply, content string) error {
	line, rest, _ := strings.Cut(content, "\n")
	version, rest2, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest2, " ")
	status, err := strconv.Atoi(code)
	if version != "HTTP/1.1" || err != nil {
		return fmt.Errorf("%q is no status line like \"HTTP/1.1 202 Accepted\"", line)
	}
	to.Status = status
	header, body, err := readMessage(rest)
	to.Header, to.Body = header, body
	return err
}

// submit reads a request in text, with the whole URL in its first line.
func (t *Transcript) submit(content string) error {
	line, rest, _ := strings.Cut(content, "\n")
	method, url, ok := strings.Cut(line, " ")
	if !ok || !strings.Contains(url, "://") {
		return fmt.Errorf("%q is no request line like \"POST https://api.example.com/reports\"", line)
	}
	header, body, err := readMessage(rest)
	t.Submit = lro.Request{Method: method, URL: strings.TrimSuffix(url, " HTTP/1.1"), Header: header, Body: body}
	return err
}

// nameCharacters are those of header names that occur (RFC 9110 knows a few more).
const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

// readMessage reads header lines, a blank line and the content.
func readMessage(text string) (http.Header, []byte, error) {
	header := http.Header{}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" {
			return header, []byte(text), nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.Trim(name, nameCharacters) != "" {
			return nil, nil, fmt.Errorf("%.40q is no header line; is the blank line missing?", line)
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, nil, nil
}

// eachField calls f for each "key: value" line.
func eachField(text string, f func(key, value string) error) error {
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("%q is not \"key: value\"", line)
		}
		if err := f(strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

// policy reads an lro.Policy.
func (t *Transcript) policy(text string) error {
	p := &lro.Policy{}
	t.Policy = p
	numbers := map[string]*int{
		"misses": &p.Misses, "grace-polls": &p.GracePolls, "resends": &p.Resends, "hops": &p.Hops, "moves": &p.Moves,
	}
	times := map[string]*time.Duration{"miss-time": &p.MissTime, "grace": &p.Grace, "max-hint": &p.MaxHint, "long-poll": &p.LongPoll}
	flags := map[string]*bool{"resend-unsafe": &p.ResendUnsafe, "allow-downgrade": &p.AllowDowngrade, "allow-partial": &p.AllowPartial}
	return eachField(text, func(key, value string) (err error) {
		switch {
		case numbers[key] != nil:
			*numbers[key], err = strconv.Atoi(value)
		case times[key] != nil:
			*times[key], err = time.ParseDuration(value)
		case flags[key] != nil:
			*flags[key], err = strconv.ParseBool(value)
		case key == "trust":
			p.Trust = append(p.Trust, value)
		case key == "carry":
			p.Carry = append(p.Carry, value)
		case key == "result-from":
			var ok bool
			if p.ResultFrom, ok = lro.ResultFromName(value); !ok {
				err = errors.New("there is no result-from " + strconv.Quote(value))
			}
		default:
			err = errors.New("there is no key " + strconv.Quote(key))
		}
		return err
	})
}
