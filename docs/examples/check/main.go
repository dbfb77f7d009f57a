// Check decodes Kubernetes manifests strictly: a field that the API does not know is an error.
//
//	go run -C docs/examples/check . ../job.yaml
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// kinds makes the type of each kind that may stand in a manifest.
var kinds = map[string]func() any{
	"v1/ConfigMap":             func() any { return &core.ConfigMap{} },
	"v1/PersistentVolumeClaim": func() any { return &core.PersistentVolumeClaim{} },
	"v1/Secret":                func() any { return &core.Secret{} },
	"v1/Service":               func() any { return &core.Service{} },
	"apps/v1/Deployment":       func() any { return &apps.Deployment{} },
	"batch/v1/Job":             func() any { return &batch.Job{} },
}

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
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for n := 1; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			if n == 1 {
				return errors.New("it is empty")
			}
			return nil
		}
		if err == nil {
			err = decode(document)
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
	}
}

func decode(document []byte) error {
	var kind meta.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	name := kind.APIVersion + "/" + kind.Kind
	if kinds[name] == nil {
		return fmt.Errorf("%q is no kind that is checked here", name)
	}
	object := kinds[name]()
	if err := yaml.UnmarshalStrict(document, object); err != nil {
		return err
	}
	var pod *core.PodSpec
	switch o := object.(type) {
	case *batch.Job:
		pod = &o.Spec.Template.Spec
	case *apps.Deployment:
		pod = &o.Spec.Template.Spec
	default:
		return nil
	}
	if len(pod.Containers) == 0 {
		return errors.New("it has no container")
	}
	return nil
}
