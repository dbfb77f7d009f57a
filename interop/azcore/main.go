// Command azcore starts an operation and follows it with the poller of Azure's own client library,
// and prints what came out as asyncctl's JSON document has it. See ../README.md.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// document is the part of asyncctl's JSON document that can be filled in.
type document struct {
	Outcome string          `json:"outcome"`
	Reason  string          `json:"reason,omitempty"`
	Dialect string          `json:"dialect,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

func main() {
	via := flag.String("via", "", "where the result is: azure-async-operation, location, operation-location or original-uri")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d, err := follow(ctx, flag.Arg(0), flag.Arg(1), flag.Arg(2), runtime.FinalStateVia(*via))
	if err != nil {
		d.Outcome, d.Reason = "failed", err.Error()
		if refused, ok := errors.AsType[*azcore.ResponseError](err); ok {
			d.Reason = refused.ErrorCode
		}
	}
	text, _ := json.Marshal(d)
	fmt.Println(string(text))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// follow sends the submit and polls until the operation is over.
func follow(ctx context.Context, method, url, content string, via runtime.FinalStateVia) (document, error) {
	line := runtime.NewPipeline("interop", "v1.0.0", runtime.PipelineOptions{}, &policy.ClientOptions{})
	request, err := runtime.NewRequest(ctx, method, url)
	if err != nil {
		return document{}, err
	}
	if content != "" {
		body := struct {
			*bytes.Reader
			io.Closer
		}{bytes.NewReader([]byte(content)), io.NopCloser(nil)}
		if err := request.SetBody(body, "application/json"); err != nil {
			return document{}, err
		}
	}
	reply, err := line.Do(request)
	if err != nil {
		return document{}, err
	}
	poller, err := runtime.NewPoller(reply, line, &runtime.NewPollerOptions[json.RawMessage]{FinalStateVia: via})
	if err != nil {
		return document{}, err
	}
	d := document{Outcome: "succeeded", Dialect: kind(poller)}
	d.Result, err = poller.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: time.Second})
	return d, err
}

// kind says in our words which of its pollers azcore has chosen.
func kind(poller *runtime.Poller[json.RawMessage]) string {
	text, err := poller.ResumeToken()
	if err != nil {
		return ""
	}
	var outer struct{ Token map[string]any }
	if json.Unmarshal([]byte(text), &outer) != nil {
		return ""
	}
	switch token := outer.Token; {
	case token["asyncURL"] != nil:
		return "arm-async"
	case token["oplocURL"] != nil:
		return "azure-oploc"
	case token["type"] == "loc":
		return "arm-location"
	case token["type"] == "body":
		return "arm-body"
	}
	return "unknown"
}
