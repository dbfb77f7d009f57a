package shape

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A callback is a Callback that is ready to be sent.
type callback struct {
	method  string
	url     template
	content *answer
	states  []string
	delay   time.Duration
	times   int
	before  bool
	sign    *Sign
}

var finalStates = []string{"succeeded", "partial", "failed", "cancelled"}

// compileCallback reads the callback of a kind.
func (c *kind) compileCallback(given *Callback) error {
	if given == nil {
		return nil
	}
	cb := &callback{method: given.Method, states: given.States, delay: given.Delay, times: max(given.Times, 1), before: given.Before, sign: given.Sign}
	if cb.method == "" {
		cb.method = http.MethodPost
	}
	if len(cb.states) == 0 {
		cb.states = finalStates
	}
	for _, state := range cb.states {
		if !slices.Contains(finalStates, state) {
			return fmt.Errorf("the state %q: use %s", work.Clip(state), strings.Join(finalStates, ", "))
		}
	}
	var err error
	if cb.url, err = parse(given.URL, asText); err != nil {
		return err
	}
	if given.URL == "" {
		return errors.New("it has no URL: write one, or where it is in the submit, such as {{request:/notify}}")
	}
	if cb.sign != nil && (!isToken(cb.sign.Header) || len(cb.sign.Secret) == 0) {
		return errors.New("a signature needs the name of a header field and a secret")
	}
	cb.content, err = compileAnswer(Answer{Header: given.Header, JSON: given.JSON, Text: given.Text}, http.StatusOK)
	c.callback = cb
	return err
}

func (cb *callback) templates() []template {
	return append(cb.content.templates(), cb.url)
}

// A Message is a callback to be sent.
type Message struct {
	Operation, State string
	Method, URL      string
	Header           http.Header
	Body             []byte
}

// message fills the callback for an operation; ok is false if there is nothing
// to send.
func (k *kind) message(x *speech.Exchange, v work.View) (m Message, ok bool, err error) {
	s, cb := k.scene(x, v), k.callback
	state := stateOf(v)
	if !slices.Contains(cb.states, state) {
		return m, false, nil
	}
	m = Message{Operation: v.ID, State: state, Method: cb.method, URL: string(cb.url.fill(nil, s)), Header: http.Header{}}
	if m.URL == "" {
		return m, false, nil
	}
	if u, err := url.Parse(m.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return m, true, errors.New("the URL is no http or https URL")
	}
	for _, f := range cb.content.header {
		value, err := f.value.field(s)
		if err != nil {
			return m, true, fmt.Errorf("the header field %s: %w", f.name, err)
		}
		m.Header.Set(f.name, value)
	}
	m.Body = cb.content.body.fill(nil, s)
	if cb.sign != nil {
		mac := hmac.New(sha256.New, cb.sign.Secret)
		mac.Write(m.Body)
		m.Header.Set(cb.sign.Header, cb.sign.Prefix+hex.EncodeToString(mac.Sum(nil)))
	}
	return m, true, nil
}
