package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// azcore is the other way round: the poller of Azure's own client library follows operations of our
// mock. It is strict about the URLs and bodies that it is given.
var azcore = suite{
	name:   "azcore",
	from:   "Go module: github.com/Azure/azure-sdk-for-go/sdk/azcore",
	proves: "a client that nobody here wrote follows our mock in the four Azure dialects",
	start:  startAzcore,
}

func startAzcore(ctx context.Context, s *stage) (*target, error) {
	source := filepath.Join(s.repo, "interop", "azcore")
	client := s.file("azcore")
	if err := s.execute(ctx, source, "go", "build", "-o", client, "."); err != nil {
		return nil, err
	}
	file := s.file("url")
	mock := exec.Command(s.binary, "mockserver", "--dialect", "all", "--listen", "127.0.0.1:0", "--url-file", file,
		"--set", "duration=2s", "--set", "retry-after=1", "--set", "location=absolute")
	if err := s.process(mock); err != nil {
		return nil, err
	}
	base := ""
	for range 100 {
		if content, err := os.ReadFile(file); err == nil && len(content) > 0 {
			base = strings.TrimSpace(string(content))
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	version, err := exec.CommandContext(ctx, "go", "list", "-C", source, "-m", "-f", "{{.Path}} {{.Version}}", "github.com/Azure/azure-sdk-for-go/sdk/azcore").Output()
	return &target{
		version: strings.TrimSpace(string(version)),
		base:    base,
		client:  client,
		rows:    azcoreRows,
	}, err
}

const (
	thing     = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Mock/things/a"
	mockQuery = "?api-version=2024-01-01"
)

// azcoreRows have four requests where there is a result to fetch, and three where it is in the last
// answer: the submit, a poll that says that it runs, one that says that it is over.
var azcoreRows = []row{{
	name: "arm-async: PUT",
	args: []string{"PUT", "{url}/arm-async" + thing + mockQuery, `{"location":"w","properties":{}}`},
	want: want{outcome: "succeeded", dialect: "arm-async", result: `"provisioningState":"Succeeded"`, requests: 4},
}, {
	name: "arm-async: POST, final-state-via location",
	args: []string{"-via", "location", "POST", "{url}/arm-async" + thing + "/restart" + mockQuery, "{}"},
	want: want{outcome: "succeeded", dialect: "arm-async", result: `"method":"POST"`, requests: 4},
}, {
	name: "arm-async: DELETE",
	args: []string{"DELETE", "{url}/arm-async" + thing + mockQuery},
	want: want{outcome: "succeeded", dialect: "arm-async", requests: 3},
}, {
	name: "arm-async: one that fails",
	args: []string{"PUT", "{url}/arm-async" + thing + mockQuery + "&asyncctl.outcome=failed", "{}"},
	want: want{exit: 1, outcome: "failed", dialect: "arm-async", reason: "OperationFailed", requests: 3},
}, {
	name: "arm-location: POST",
	args: []string{"POST", "{url}/arm-location" + thing + "/restart" + mockQuery, "{}"},
	want: want{outcome: "succeeded", dialect: "arm-location", result: `"method":"POST"`, requests: 3},
}, {
	name: "arm-location: DELETE, 204 at the end",
	args: []string{"DELETE", "{url}/arm-location" + thing + mockQuery},
	want: want{outcome: "succeeded", dialect: "arm-location", requests: 3},
}, {
	name: "arm-location: one that fails",
	args: []string{"POST", "{url}/arm-location" + thing + "/restart" + mockQuery + "&asyncctl.outcome=failed", "{}"},
	want: want{exit: 1, outcome: "failed", dialect: "arm-location", reason: "OperationFailed", requests: 3},
}, {
	name: "arm-body: PUT",
	args: []string{"PUT", "{url}/arm-body" + thing + mockQuery, "{}"},
	want: want{outcome: "succeeded", dialect: "arm-body", result: `"provisioningState":"Succeeded"`, requests: 3},
}, {
	name: "arm-body: one that is cancelled",
	args: []string{"PUT", "{url}/arm-body" + thing + mockQuery + "&asyncctl.outcome=cancelled", "{}"},
	want: want{exit: 1, outcome: "failed", dialect: "arm-body", requests: 3},
}, {
	name: "azure-oploc: POST, result in the monitor",
	args: []string{"POST", "{url}/azure-oploc/widgets:analyze" + mockQuery, "{}"},
	want: want{outcome: "succeeded", dialect: "azure-oploc", result: `"status":"Succeeded"`, requests: 3},
}, {
	name: "azure-oploc: PUT, result at the original URL",
	args: []string{"PUT", "{url}/azure-oploc/widgets/7" + mockQuery, "{}"},
	want: want{outcome: "succeeded", dialect: "azure-oploc", result: `"name":"7"`, requests: 4},
}, {
	name: "azure-oploc: one that fails",
	args: []string{"POST", "{url}/azure-oploc/widgets:analyze" + mockQuery + "&asyncctl.outcome=failed", "{}"},
	want: want{exit: 1, outcome: "failed", dialect: "azure-oploc", reason: "OperationFailed", requests: 3},
}, {
	name: "generic: 202 until the result is there",
	args: []string{"POST", "{url}/generic/operations?asyncctl.pending-status=202&asyncctl.completion=result", "{}"},
	want: want{outcome: "succeeded", dialect: "arm-location", result: `"method":"POST"`, requests: 3},
}, {
	name: "generic: 200 while it runs; azcore is misled",
	args: []string{"POST", "{url}/generic/operations", "{}"},
	want: want{outcome: "succeeded", dialect: "arm-location", result: `"status":"Running"`, requests: 2},
}}
