package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// spector serves the scenarios that the generators of Azure's client libraries are tested with. It
// checks each request, and keeps a list of the scenarios that a client has passed.
var spector = suite{
	name:   "spector",
	from:   "npm: @typespec/spector, @azure-tools/azure-http-specs",
	proves: "every long-running operation of Azure's client conformance scenarios",
	tools:  []tool{{"npm", "npm"}, {"git", "git"}},
	start:  startSpector,
}

func startSpector(ctx context.Context, s *stage) (*target, error) {
	dir, err := s.npm(ctx, "spector", "@typespec/spector", "@azure-tools/azure-http-specs")
	if err != nil {
		return nil, err
	}
	if err := s.repository(ctx, dir); err != nil {
		return nil, err
	}
	port, err := s.portFor()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(dir, "node_modules/.bin/tsp-spector"), "serve",
		filepath.Join(dir, "node_modules/@azure-tools/azure-http-specs/specs"),
		"--port", strconv.Itoa(port), "--coverageFile", s.file("coverage.json"))
	cmd.Dir = dir
	if err := s.process(cmd); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := ready(ctx, http.DefaultClient, base+"/.coverage"); err != nil {
		return nil, err
	}
	return &target{
		version: npmVersion(dir, "@typespec/spector") + ", " + npmVersion(dir, "@azure-tools/azure-http-specs"),
		base:    base,
		rows:    spectorRows,
		judge:   func(ctx context.Context) ([]verdict, error) { return spectorVerdicts(ctx, base) },
		slow:    spectorRows[1].args,
	}, nil
}

// repository makes the folder a git repository with a commit: spector asks for one when it starts.
func (s *stage) repository(ctx context.Context, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		return nil
	}
	if err := s.execute(ctx, dir, "git", "init", "--quiet"); err != nil {
		return err
	}
	return s.execute(ctx, dir, "git", "-c", "user.name=interop", "-c", "user.email=interop@localhost",
		"commit", "--quiet", "--allow-empty", "--message", "spector asks for a commit")
}

const (
	coreVersion  = "api-version=2022-12-01-preview"
	armVersion   = "api-version=2023-12-01-preview"
	subscription = "{url}/subscriptions/00000000-0000-0000-0000-000000000000"
	templates    = "/providers/Azure.ResourceManager.OperationTemplates"
	group        = subscription + "/resourceGroups/test-rg"
)

// spectorRows are all scenarios with a long-running operation. Each needs one poll that says that it
// is at work and one that says that it is done.
var spectorRows = []row{
	{
		name: "core rpc: a submit that is refused",
		args: []string{"submit", "{url}/azure/core/lro/rpc/generations:submit", "--json", `{"prompt":"text"}`, "--wait"},
		want: want{exit: 4, outcome: "refused", requests: 1},
	}, {
		name: "core rpc: POST, result in the monitor",
		args: []string{"submit", "{url}/azure/core/lro/rpc/generations:submit?" + coreVersion, "--json", `{"prompt":"text"}`, "--wait"},
		want: want{outcome: "succeeded", dialect: "azure-oploc", result: `{"data":"text data"}`, requests: 3},
	}, {
		name: "core standard: PUT, result at the original URL",
		args: []string{"submit", "{url}/azure/core/lro/standard/users/madge?" + coreVersion, "-X", "PUT", "--json", `{"role":"contributor"}`, "--wait"},
		want: want{outcome: "succeeded", dialect: "azure-oploc", result: `{"name":"madge","role":"contributor"}`, requests: 4},
	}, {
		name: "core standard: DELETE, no result",
		args: []string{"submit", "{url}/azure/core/lro/standard/users/madge?" + coreVersion, "-X", "DELETE", "--wait"},
		want: want{outcome: "succeeded", dialect: "azure-oploc", requests: 3},
	}, {
		name: "core standard: POST export",
		args: []string{"submit", "{url}/azure/core/lro/standard/users/madge:export?" + coreVersion + "&format=json", "-X", "POST", "--wait"},
		want: want{outcome: "succeeded", dialect: "azure-oploc", result: `{"name":"madge","resourceUri":"/users/madge"}`, requests: 3},
	}, {
		name: "arm: PUT, final-state-via original URL",
		args: []string{"submit", group + templates + "/orders/order1?" + armVersion, "-X", "PUT", "--json",
			`{"location":"eastus","properties":{"productId":"product1","amount":1}}`, "--wait"},
		want: want{outcome: "succeeded", dialect: "arm-async", result: `"provisioningState":"Succeeded"`, requests: 4},
	}, {
		name: "arm: POST, final-state-via Location",
		args: []string{"submit", group + templates + "/orders/order1/export?" + armVersion, "--json", `{"format":"csv"}`, "--wait"},
		want: want{outcome: "succeeded", dialect: "arm-async", result: `{"content":"order1,product1,1"}`, requests: 4},
	}, {
		name: "arm: DELETE with Location, 204 at the end",
		args: []string{"submit", group + templates + "/orders/order1?" + armVersion, "-X", "DELETE", "--wait", "--dialect", "arm-location"},
		want: want{outcome: "succeeded", dialect: "arm-location", requests: 3},
	}, {
		name: "the same, dialect found out",
		args: []string{"submit", group + templates + "/orders/order1?" + armVersion, "-X", "DELETE", "--wait"},
		want: want{outcome: "succeeded", requests: 3},
	}, {
		name: "arm: POST, an array as the result",
		args: []string{"submit", subscription + templates + "/exportArray?" + armVersion, "--json", `{"format":"csv"}`, "--wait"},
		want: want{outcome: "succeeded", dialect: "arm-async", result: `{"content":"order2,product2,2"}`, requests: 4},
	}, {
		name: "arm: POST, a page of a list as the result",
		args: []string{"submit", group + templates + "/products/default/postPagingLro?" + armVersion, "-X", "POST", "--wait"},
		want: want{outcome: "succeeded", result: `"name":"product1"`, requests: 3},
	}, {
		name: "  its next page: a GET that is answered at once",
		args: []string{"submit", subscription + templates + "/locations/eastus/operations/lro_paging_post_location/nextPage?" + armVersion, "-X", "GET", "--wait"},
		want: want{outcome: "succeeded", result: `"name":"product2"`, requests: 1},
	}, {
		name: "arm: two headers of 6 KB each",
		args: []string{"submit", group + "/providers/Azure.ResourceManager.LargeHeader/largeHeaders/header1/two6k?" + armVersion, "-X", "POST", "--wait"},
		want: want{outcome: "succeeded", dialect: "arm-async", result: `{"succeeded":true}`, requests: 4},
	},
}

// passes are the scenarios that the rows must pass.
var passes = []string{
	"Azure_Core_Lro_Rpc_longRunningRpc",
	"Azure_Core_Lro_Standard_createOrReplace",
	"Azure_Core_Lro_Standard_delete",
	"Azure_Core_Lro_Standard_export",
	"Azure_ResourceManager_OperationTemplates_Lro_createOrReplace",
	"Azure_ResourceManager_OperationTemplates_Lro_export",
	"Azure_ResourceManager_OperationTemplates_Lro_delete",
	"Azure_ResourceManager_OperationTemplates_Lro_exportArray",
	"Azure_ResourceManager_OperationTemplates_LroPaging_postPagingLro",
	"Azure_ResourceManager_LargeHeader_LargeHeaders_two6k",
}

// spectorVerdicts asks spector which scenarios a client has passed.
func spectorVerdicts(ctx context.Context, base string) ([]verdict, error) {
	reply, err := get(ctx, http.DefaultClient, base+"/.coverage")
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	var reports []struct{ Results map[string]string }
	if err := json.NewDecoder(reply.Body).Decode(&reports); err != nil {
		return nil, fmt.Errorf("the coverage of spector: %w", err)
	}
	var verdicts []verdict
	for _, name := range passes {
		v := verdict{name: name, said: "unknown"}
		for _, r := range reports {
			if said, ok := r.Results[name]; ok {
				v.said, v.ok = said, said == "pass"
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}
