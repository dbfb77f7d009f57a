// Command image makes a container image of static binaries, one for each platform, without a daemon:
//
//	go run -C packaging/image . -name ghcr.io/asyncctl/asyncctl:1.0.0 -out image.tar \
//	    -cmd mockserver -cmd --listen=0.0.0.0:8202 -cmd --allow-remote \
//	    linux/amd64=dist/amd64/asyncctl linux/arm64=dist/arm64/asyncctl
//
// The archive is what "ctr images import", "podman load" and "docker load" take; -push sends the image
// to its registry instead, with the credentials that docker login or the environment left. The binary
// is the entry point, and -cmd are its arguments where the container is given none. It runs as a user
// without rights. The same inputs make the same image: times are those of SOURCE_DATE_EPOCH, or zero.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// recipe is what the flags say.
type recipe struct {
	name   name.Tag
	base   string // an image to add to; empty: none
	cmd    []string
	ports  []string
	labels map[string]string
	ca     string // a file of root certificates; empty: those of base, or none
	at     time.Time
}

const nobody = "65532:65532"

func main() {
	log.SetFlags(0)
	out, push, r, binaries, err := arguments()
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	index, err := r.index(binaries)
	if err == nil && out != "" {
		err = archive(out, r.name, index)
	}
	if err == nil && push {
		err = remote.WriteIndex(r.name, index, remote.WithAuthFromKeychain(authn.DefaultKeychain))
	}
	if err != nil {
		log.Fatal(err)
	}
	digest, err := index.Digest()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.name.Context().Digest(digest.String()))
}

func arguments() (out string, push bool, r recipe, binaries []binary, err error) {
	r.labels = map[string]string{}
	ref := flag.String("name", "", "the name of the image, with its tag")
	flag.StringVar(&out, "out", "", "write an OCI archive to this file")
	flag.BoolVar(&push, "push", false, "push the image to the registry of its name")
	flag.StringVar(&r.base, "base", "", "add to this image; empty: to nothing")
	flag.StringVar(&r.ca, "ca", "", "put this file of root certificates into the image")
	flag.Func("cmd", "an argument of the binary where the container is given none; may be repeated", add(&r.cmd))
	flag.Func("port", "a port that the image serves, as 8202/tcp; may be repeated", add(&r.ports))
	flag.Func("label", "NAME=VALUE; may be repeated", func(s string) error {
		n, v, ok := strings.Cut(s, "=")
		if !ok {
			return errors.New("want NAME=VALUE")
		}
		r.labels[n] = v
		return nil
	})
	flag.Parse()
	if r.name, err = name.NewTag(*ref, name.StrictValidation); err != nil {
		return out, push, r, nil, fmt.Errorf("-name: %w", err)
	}
	if (out != "") == push {
		return out, push, r, nil, errors.New("either -out FILE or -push is needed")
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return out, push, r, nil, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		r.at = time.Unix(seconds, 0).UTC()
	}
	binaries, err = parseBinaries(flag.Args())
	return out, push, r, binaries, err
}

func add(to *[]string) func(string) error {
	return func(s string) error { *to = append(*to, s); return nil }
}

// binary is a static binary for one platform.
type binary struct {
	platform v1.Platform
	path     string
}

func parseBinaries(arguments []string) ([]binary, error) {
	var all []binary
	for _, a := range arguments {
		platform, path, ok := strings.Cut(a, "=")
		system, architecture, ok2 := strings.Cut(platform, "/")
		if !ok || !ok2 || system == "" || architecture == "" || path == "" {
			return nil, fmt.Errorf("%q: want OS/ARCHITECTURE=FILE, as linux/amd64=dist/asyncctl", a)
		}
		all = append(all, binary{v1.Platform{OS: system, Architecture: architecture}, path})
	}
	if len(all) == 0 {
		return nil, errors.New("no binary is named: want OS/ARCHITECTURE=FILE, as linux/amd64=dist/asyncctl")
	}
	return all, nil
}

// index is the image for all platforms.
func (r recipe) index(binaries []binary) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, b := range binaries {
		image, err := r.image(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.path, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &b.platform}})
	}
	return index, nil
}

func (r recipe) image(b binary) (v1.Image, error) {
	image, err := r.start(b.platform)
	if err != nil {
		return nil, err
	}
	entry := "/usr/bin/" + filepath.Base(b.path)
	layer, err := r.layer(entry, b.path)
	if err != nil {
		return nil, err
	}
	if image, err = mutate.AppendLayers(image, layer); err != nil {
		return nil, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = b.platform.OS, b.platform.Architecture, v1.Time{Time: r.at}
	file.Config.Entrypoint, file.Config.Cmd, file.Config.User = []string{entry}, r.cmd, nobody
	file.Config.Labels = r.labels
	file.Config.ExposedPorts = map[string]struct{}{}
	for _, p := range r.ports {
		file.Config.ExposedPorts[p] = struct{}{}
	}
	return mutate.ConfigFile(image, file)
}

// start is the base for a platform.
func (r recipe) start(p v1.Platform) (v1.Image, error) {
	if r.base == "" {
		return mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), nil
	}
	ref, err := name.ParseReference(r.base)
	if err != nil {
		return nil, fmt.Errorf("-base: %w", err)
	}
	return remote.Image(ref, remote.WithPlatform(p), remote.WithAuthFromKeychain(authn.DefaultKeychain))
}
