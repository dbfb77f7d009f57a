// Check decodes Kubernetes manifests strictly: a field that the API does not know is an error.
//
//	go run -C docs/examples/check . ../job.yaml
package main

import (
	"fmt"
	"os"

	batch "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var job batch.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil {
		return err
	}
	if job.Kind != "Job" || len(job.Spec.Template.Spec.Containers) == 0 {
		return fmt.Errorf("it is no Job with a container")
	}
	return nil
}
